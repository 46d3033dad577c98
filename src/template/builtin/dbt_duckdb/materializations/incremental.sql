{% materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {{ return(martlet__incremental()) }}
{% endmaterialization %}
