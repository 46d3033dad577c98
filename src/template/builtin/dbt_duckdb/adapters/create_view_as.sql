{#- Views from queries. -#}
{% macro duckdb__create_view_as(relation, sql) -%}
    {%- set contract = config.get('contract') -%}
    {%- set sql_header = config.get('sql_header', none) -%}
    {%- if contract and contract.enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
    {%- endif -%}
    {%- if sql_header is not none -%}
        {{ sql_header }}
    {% endif -%}
    create view {{ relation }} as (
{{ sql }}
    );
{%- endmacro %}
