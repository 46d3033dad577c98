{#- Names and types of a relation's columns, for the rows of unit tests. -#}
{% macro get_columns_for_unit_tests(relation) -%}
    {{ return(adapter.dispatch('get_columns_for_unit_tests', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_columns_for_unit_tests(relation) -%}
    {{ return(adapter.get_columns_in_relation(relation)) }}
{%- endmacro %}
