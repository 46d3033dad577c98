{#- The columns of a relation in their order; none when it does not exist. The adapter describes the one relation: DuckDB's catalog of
    columns, which dbt asks, takes as long as the whole database is wide. -#}
{% macro duckdb__get_columns_in_relation(relation) -%}
    {{ return(adapter.describe_relation(relation)) }}
{%- endmacro %}
