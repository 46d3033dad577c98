{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {{ return(martlet__table()) }}
{% endmaterialization %}
