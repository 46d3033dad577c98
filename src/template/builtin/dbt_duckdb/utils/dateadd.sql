{#- DuckDB's literal intervals know days and months; a week is seven, a quarter three of them. -#}
{% macro duckdb__dateadd(datepart, interval, from_date_or_timestamp) -%}
    {%- set unit = datepart | lower | replace("'", '') -%}
    {%- set count = 'cast(' ~ interval ~ ' as bigint)' -%}
    {%- if unit == 'week' -%}
    ({{ from_date_or_timestamp }} + ({{ count }} * 7) * interval 1 day)
    {%- elif unit == 'quarter' -%}
    ({{ from_date_or_timestamp }} + ({{ count }} * 3) * interval 1 month)
    {%- else -%}
    ({{ from_date_or_timestamp }} + {{ count }} * interval 1 {{ datepart }})
    {%- endif -%}
{%- endmacro %}
