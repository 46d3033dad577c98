{#- Schemas. A SQLite file attached to DuckDB has none but `main`, and refuses to make one. -#}

{% macro duckdb__create_schema(relation) -%}
    {%- set attached_as_sqlite = run_query(
        "select 1 from duckdb_databases() where type = 'sqlite'"
        ~ " and lower(database_name) = '" ~ escape_single_quotes(relation.database | lower) ~ "'"
    ) -%}
    {%- if not attached_as_sqlite or attached_as_sqlite.rows | length == 0 -%}
        {%- call statement('create_schema') -%}
            create schema if not exists {{ relation.without_identifier() }}
        {%- endcall -%}
    {%- elif relation.schema != 'main' -%}
        {{ exceptions.raise_compiler_error(
            'a SQLite database has only the schema main, and cannot take ' ~ relation.schema
        ) }}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__drop_schema(relation) -%}
    {%- call statement('drop_schema') -%}
        drop schema if exists {{ relation.without_identifier() }} cascade
    {%- endcall -%}
{%- endmacro %}

{% macro duckdb__list_schemas(database) -%}
    {%- set name = martlet__unquoted(database) -%}
    {{ return(run_query(
        'select distinct schema_name from duckdb_schemas()'
        ~ (" where lower(database_name) = '" ~ escape_single_quotes(name | lower) ~ "'" if name else '')
    )) }}
{%- endmacro %}

{% macro duckdb__check_schema_exists(information_schema, schema) -%}
    {{ return(run_query(
        'select count(*) from duckdb_schemas()'
        ~ " where lower(database_name) = '" ~ escape_single_quotes(martlet__unquoted(information_schema.database) | lower) ~ "'"
        ~ " and lower(schema_name) = '" ~ escape_single_quotes(schema | lower) ~ "'"
    )) }}
{%- endmacro %}

{#- A name as the catalog has it: callers pass it with its quotes or without. -#}
{% macro martlet__unquoted(name) -%}
    {%- set text = name | string if name else '' -%}
    {%- if text | length > 1 and text.startswith('"') and text.endswith('"') -%}
        {{ return(text[1:-1].replace('""', '"')) }}
    {%- endif -%}
    {{ return(text) }}
{%- endmacro %}
