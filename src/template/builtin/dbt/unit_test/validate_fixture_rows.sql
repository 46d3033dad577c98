{#- For adapters that cannot take every row. -#}

{% macro validate_fixture_rows(rows, row_number) -%}
    {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro %}

{% macro default__validate_fixture_rows(rows, row_number) -%}
{%- endmacro %}
