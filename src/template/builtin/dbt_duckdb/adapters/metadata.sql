{#- Relations and columns, from DuckDB's own catalog functions. -#}

{#- Temporary relations stand in a catalog of their own, without a schema that anyone names. -#}
{% macro duckdb__get_columns_in_relation(relation) -%}
    {%- call statement('get_columns_in_relation', fetch_result=True, auto_begin=False) -%}
        select
            column_name,
            data_type,
            character_maximum_length,
            numeric_precision,
            numeric_scale
        from duckdb_columns()
        where lower(table_name) = '{{ escape_single_quotes(relation.identifier | lower) }}'
        {%- if relation.schema %}
            and lower(schema_name) = '{{ escape_single_quotes(relation.schema | lower) }}'
        {%- endif %}
        {%- if relation.database %}
            and lower(database_name) = '{{ escape_single_quotes(relation.database | lower) }}'
        {%- endif %}
        order by column_index
    {%- endcall -%}
    {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
{%- endmacro %}

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
