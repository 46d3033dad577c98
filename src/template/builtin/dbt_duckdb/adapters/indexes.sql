{#- Indexes of the config `indexes`: a list of columns, unique or not. -#}

{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
    {%- set index = adapter.parse_index(index_dict) -%}
    create {{ 'unique ' if index.unique }}index {{ adapter.quote(index.render(relation)) }}
    on {{ relation }} ({{ index.columns | join(', ') }})
{%- endmacro %}

{#- DuckDB drops a table's indexes with the table; this is for those who want to keep the table. -#}
{% macro drop_indexes_on_relation(relation) -%}
    {%- set found = run_query(
        "select index_name from duckdb_indexes() where lower(table_name) = '" ~ escape_single_quotes(relation.identifier | lower)
        ~ "' and lower(schema_name) = '" ~ escape_single_quotes(relation.schema | lower)
        ~ "' and lower(database_name) = '" ~ escape_single_quotes(relation.database | lower) ~ "'"
    ) -%}
    {%- for row in found.rows -%}
        {%- do run_query('drop index ' ~ relation.without_identifier() ~ '.' ~ adapter.quote(row[0])) -%}
    {%- endfor -%}
{%- endmacro %}
