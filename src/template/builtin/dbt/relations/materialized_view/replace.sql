{% macro get_replace_materialized_view_sql(relation, sql) -%}
    {{ return(adapter.dispatch('get_replace_materialized_view_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_replace_materialized_view_sql(relation, sql) -%}
    {{ martlet__no_materialized_views(relation) }}
{%- endmacro %}
