{#- What stands in a schema, from DuckDB's own catalog functions. -#}

{% macro duckdb__list_relations_without_caching(schema_relation) -%}
    {%- set database = escape_single_quotes(martlet__unquoted(schema_relation.database)) -%}
    {%- set schema = escape_single_quotes(martlet__unquoted(schema_relation.schema)) -%}
    {%- call statement('list_relations_without_caching', fetch_result=True, auto_begin=False) -%}
        select '{{ database }}' as database, table_name as name, schema_name as schema, 'table' as type
        from duckdb_tables()
        where lower(database_name) = lower('{{ database }}') and lower(schema_name) = lower('{{ schema }}')
        union all
        select '{{ database }}', view_name, schema_name, 'view'
        from duckdb_views()
        where lower(database_name) = lower('{{ database }}') and lower(schema_name) = lower('{{ schema }}') and not internal
        order by name
    {%- endcall -%}
    {{ return(load_result('list_relations_without_caching').table) }}
{%- endmacro %}
