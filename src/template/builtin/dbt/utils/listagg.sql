{#- The values of a group as one text; of the first so many when a limit is given. -#}
{% macro listagg(measure, delimiter_text="','", order_by_clause=none, limit_num=none) -%}
    {{ return(adapter.dispatch('listagg', 'dbt')(measure, delimiter_text, order_by_clause, limit_num)) }}
{%- endmacro %}

{% macro default__listagg(measure, delimiter_text, order_by_clause, limit_num) -%}
    {%- set aggregate = ('array_slice(array_agg(' ~ measure ~ ')') if limit_num else ('listagg(' ~ measure ~ ', ' ~ delimiter_text ~ ')') -%}
    {%- set within = ' within group (' ~ order_by_clause ~ ')' if order_by_clause else '' -%}
    {%- if limit_num -%}
    array_to_string({{ aggregate }}{{ within }}, 0, {{ limit_num }}), {{ delimiter_text }})
    {%- else -%}
    {{ aggregate }}{{ within }}
    {%- endif -%}
{%- endmacro %}
