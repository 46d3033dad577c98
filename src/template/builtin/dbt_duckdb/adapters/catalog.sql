{#- What documentation shows of the database: each column of each relation, with comments. -#}

{% macro duckdb__get_catalog(information_schema, schemas) -%}
    {%- set conditions = [] -%}
    {%- for schema in schemas -%}
        {%- do conditions.append("lower(schema_name) = '" ~ escape_single_quotes(schema | lower) ~ "'") -%}
    {%- endfor -%}
    {{ return(martlet__catalog(information_schema, conditions | join(' or '))) }}
{%- endmacro %}

{% macro duckdb__get_catalog_relations(information_schema, relations) -%}
    {%- set conditions = [] -%}
    {%- for relation in relations -%}
        {%- set in_schema = "lower(schema_name) = '" ~ escape_single_quotes(relation.schema | lower) ~ "'" -%}
        {%- if relation.identifier -%}
            {%- set in_schema = in_schema ~ " and lower(table_name) = '" ~ escape_single_quotes(relation.identifier | lower) ~ "'" -%}
        {%- endif -%}
        {%- do conditions.append('(' ~ in_schema ~ ')') -%}
    {%- endfor -%}
    {{ return(martlet__catalog(information_schema, conditions | join(' or '))) }}
{%- endmacro %}

{% macro martlet__catalog(information_schema, condition) -%}
    {%- set database = escape_single_quotes(martlet__unquoted(information_schema.database)) -%}
    {%- call statement('catalog', fetch_result=True, auto_begin=False) -%}
        with relations as (

            select database_name, schema_name, table_name, 'BASE TABLE' as table_type, comment
            from duckdb_tables()
            where not internal
            union all
            select database_name, schema_name, view_name, 'VIEW', comment
            from duckdb_views()
            where not internal

        )

        select
            '{{ database }}' as table_database,
            relations.schema_name as table_schema,
            relations.table_name,
            relations.table_type,
            relations.comment as table_comment,
            columns.column_name,
            columns.column_index as column_index,
            columns.data_type as column_type,
            columns.comment as column_comment,
            null as table_owner
        from relations
        join duckdb_columns() as columns
            using (database_name, schema_name, table_name)
        where lower(database_name) = lower('{{ database }}')
            and ({{ condition or 'true' }})
        order by table_schema, table_name, column_index
    {%- endcall -%}
    {{ return(load_result('catalog').table) }}
{%- endmacro %}
