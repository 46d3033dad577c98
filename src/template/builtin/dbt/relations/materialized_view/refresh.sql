{% macro refresh_materialized_view(relation) -%}
    {{ return(adapter.dispatch('refresh_materialized_view', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__refresh_materialized_view(relation) -%}
    {{ martlet__no_materialized_views(relation) }}
{%- endmacro %}
