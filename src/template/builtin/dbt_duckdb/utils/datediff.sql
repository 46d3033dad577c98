{#- dbt's weeks begin on Sunday, while DuckDB's `date_diff` counts whole ones: the whole weeks, and one more where the remaining days
    pass a Sunday. Backwards, the same day of the week counts as passed, as in dbt. -#}
{% macro duckdb__datediff(first_date, second_date, datepart) -%}
    {%- if datepart | lower == 'week' -%}
    {%- set first = '(' ~ first_date ~ ')::timestamp' -%}
    {%- set second = '(' ~ second_date ~ ')::timestamp' -%}
    (date_diff('day', {{ first }}, {{ second }}) // 7 + case
        when {{ first }} <= {{ second }} then (dayofweek({{ first }}) > dayofweek({{ second }}))::bigint
        else - (dayofweek({{ first }}) <= dayofweek({{ second }}))::bigint
    end)
    {%- else -%}
    (date_diff('{{ datepart }}', {{ first_date }}::timestamp, {{ second_date }}::timestamp))
    {%- endif -%}
{%- endmacro %}
