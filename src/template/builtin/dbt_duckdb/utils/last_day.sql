{% macro duckdb__last_day(date, datepart) -%}
    {{ default_last_day(date, datepart) }}
{%- endmacro %}
