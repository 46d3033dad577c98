{#- Views from queries. `create_view_as` is the one that projects override. -#}

{% macro get_create_view_as_sql(relation, sql) -%}
    {{ return(adapter.dispatch('get_create_view_as_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_create_view_as_sql(relation, sql) -%}
    {{ return(create_view_as(relation, sql)) }}
{%- endmacro %}

{% macro create_view_as(relation, sql) -%}
    {{ return(adapter.dispatch('create_view_as', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__create_view_as(relation, sql) -%}
    {%- set contract = config.get('contract') -%}
    {%- set sql_header = config.get('sql_header', none) -%}
    {%- if contract and contract.enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
    {%- endif -%}
    {%- if sql_header is not none -%}
        {{ sql_header }}
    {% endif -%}
    create view {{ relation.render() }} as (
        {{ sql }}
    );
{%- endmacro %}
