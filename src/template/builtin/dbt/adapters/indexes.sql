{#- Indexes of the config `indexes`. -#}

{% macro get_create_index_sql(relation, index_dict) -%}
    {{ return(adapter.dispatch('get_create_index_sql', 'dbt')(relation, index_dict)) }}
{%- endmacro %}

{#- None: the database has no indexes, and the config is ignored. -#}
{% macro default__get_create_index_sql(relation, index_dict) -%}
    {{ return(none) }}
{%- endmacro %}

{% macro create_indexes(relation) -%}
    {{ return(adapter.dispatch('create_indexes', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__create_indexes(relation) -%}
    {%- for index in config.get('indexes', default=[]) or [] -%}
        {%- set create_index_sql = get_create_index_sql(relation, index) -%}
        {%- if create_index_sql -%}
            {%- do run_query(create_index_sql) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{% macro get_drop_index_sql(relation, index_name) -%}
    {{ return(adapter.dispatch('get_drop_index_sql', 'dbt')(relation, index_name)) }}
{%- endmacro %}

{% macro default__get_drop_index_sql(relation, index_name) -%}
    {{ exceptions.raise_compiler_error('get_drop_index_sql is not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro get_show_indexes_sql(relation) -%}
    {{ return(adapter.dispatch('get_show_indexes_sql', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_show_indexes_sql(relation) -%}
    {{ exceptions.raise_compiler_error('get_show_indexes_sql is not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
