{#- What exists in the database. -#}

{% macro get_catalog_relations(information_schema, relations) -%}
    {{ return(adapter.dispatch('get_catalog_relations', 'dbt')(information_schema, relations)) }}
{%- endmacro %}

{% macro default__get_catalog_relations(information_schema, relations) -%}
    {{ exceptions.raise_not_implemented('get_catalog_relations is not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro get_catalog(information_schema, schemas) -%}
    {{ return(adapter.dispatch('get_catalog', 'dbt')(information_schema, schemas)) }}
{%- endmacro %}

{% macro default__get_catalog(information_schema, schemas) -%}
    {{ exceptions.raise_not_implemented('get_catalog is not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro information_schema_name(database) -%}
    {{ return(adapter.dispatch('information_schema_name', 'dbt')(database)) }}
{%- endmacro %}

{% macro default__information_schema_name(database) -%}
    {%- if database -%}
        {{ database if '"' in database else adapter.quote_as_configured(database, 'database') }}.information_schema
    {%- else -%}
        information_schema
    {%- endif -%}
{%- endmacro %}

{% macro list_schemas(database) -%}
    {{ return(adapter.dispatch('list_schemas', 'dbt')(database)) }}
{%- endmacro %}

{% macro default__list_schemas(database) -%}
    {{ return(run_query(
        'select distinct schema_name from ' ~ information_schema_name(database) ~ '.schemata'
        ~ " where lower(catalog_name) = '" ~ escape_single_quotes(database | lower) ~ "'"
    )) }}
{%- endmacro %}

{% macro check_schema_exists(information_schema, schema) -%}
    {{ return(adapter.dispatch('check_schema_exists', 'dbt')(information_schema, schema)) }}
{%- endmacro %}

{#- A table of one number: how many schemas bear the name. -#}
{% macro default__check_schema_exists(information_schema, schema) -%}
    {{ return(run_query(
        'select count(*) from ' ~ information_schema.replace(information_schema_view='SCHEMATA')
        ~ " where catalog_name = '" ~ escape_single_quotes(information_schema.database) ~ "'"
        ~ " and schema_name = '" ~ escape_single_quotes(schema) ~ "'"
    )) }}
{%- endmacro %}

{% macro list_relations_without_caching(schema_relation) -%}
    {{ return(adapter.dispatch('list_relations_without_caching', 'dbt')(schema_relation)) }}
{%- endmacro %}

{% macro default__list_relations_without_caching(schema_relation) -%}
    {{ exceptions.raise_not_implemented('list_relations_without_caching is not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro list_function_relations_without_caching(schema_relation) -%}
    {{ return(adapter.dispatch('list_function_relations_without_caching', 'dbt')(schema_relation)) }}
{%- endmacro %}

{#- No functions are known unless an adapter says which. -#}
{% macro default__list_function_relations_without_caching(schema_relation) -%}
    {{ return([]) }}
{%- endmacro %}

{% macro get_catalog_for_single_relation(relation) -%}
    {{ return(adapter.dispatch('get_catalog_for_single_relation', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_catalog_for_single_relation(relation) -%}
    {{ exceptions.raise_not_implemented('get_catalog_for_single_relation is not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro get_relations() -%}
    {{ return(adapter.dispatch('get_relations', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_relations() -%}
    {{ exceptions.raise_not_implemented('get_relations is not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro get_relation_last_modified(information_schema, relations) -%}
    {{ return(adapter.dispatch('get_relation_last_modified', 'dbt')(information_schema, relations)) }}
{%- endmacro %}

{% macro default__get_relation_last_modified(information_schema, relations) -%}
    {{ exceptions.raise_not_implemented('get_relation_last_modified is not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}
