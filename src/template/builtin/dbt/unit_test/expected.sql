{#- The rows that a unit test expects, of the columns that its first row names. -#}
{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) -%}
    {%- if not rows -%}
    select * from dbt_internal_unit_test_actual
    limit 0
    {%- else -%}
    {%- for row in rows %}
        {%- set formatted = format_row(row, column_name_to_data_types) %}
    select
        {%- for name in formatted %}
        {{ formatted[name] }} as {{ column_name_to_quoted[name] }}{{ ',' if not loop.last }}
        {%- endfor %}
        {%- if not loop.last %}
    union all
        {%- endif %}
    {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
