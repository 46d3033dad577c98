{% macro get_create_materialized_view_as_sql(relation, sql) -%}
    {{ return(adapter.dispatch('get_create_materialized_view_as_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_create_materialized_view_as_sql(relation, sql) -%}
    {{ martlet__no_materialized_views(relation) }}
{%- endmacro %}

{% macro martlet__no_materialized_views(relation) -%}
    {{ exceptions.raise_compiler_error(
        '`get_create_materialized_view_as_sql` has not been implemented for this adapter.\n' ~ relation ~ ': ' ~ adapter.type() ~ ' has no materialized views; materialize as table or incremental instead'
    ) }}
{%- endmacro %}
