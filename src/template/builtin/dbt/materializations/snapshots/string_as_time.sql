{#- A time that is known while the SQL is made. -#}
{% macro snapshot_string_as_time(timestamp) -%}
    {{ return(adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp)) }}
{%- endmacro %}

{% macro default__snapshot_string_as_time(timestamp) -%}
    {%- do exceptions.raise_not_implemented('snapshot_string_as_time is not implemented for adapter ' ~ adapter.type()) -%}
{%- endmacro %}
