{% macro get_rename_materialized_view_sql(relation, new_name) -%}
    {{ return(adapter.dispatch('get_rename_materialized_view_sql', 'dbt')(relation, new_name)) }}
{%- endmacro %}

{% macro default__get_rename_materialized_view_sql(relation, new_name) -%}
    {{ martlet__no_materialized_views(relation) }}
{%- endmacro %}
