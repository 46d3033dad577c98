{% macro duckdb__date(year, month, day) -%}
    cast('{{ modules.datetime.date(year, month, day).strftime('%Y-%m-%d') }}' as date)
{%- endmacro %}
