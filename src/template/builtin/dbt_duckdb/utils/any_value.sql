{#- The first value, also when it is null; DuckDB's own `any_value` leaves nulls out. -#}
{% macro duckdb__any_value(expression) -%}
    arbitrary({{ expression }})
{%- endmacro %}
