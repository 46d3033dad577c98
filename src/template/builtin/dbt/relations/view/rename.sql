{% macro get_rename_view_sql(relation, new_name) -%}
    {{ return(adapter.dispatch('get_rename_view_sql', 'dbt')(relation, new_name)) }}
{%- endmacro %}

{% macro default__get_rename_view_sql(relation, new_name) -%}
    alter view {{ relation.render() }} rename to {{ adapter.quote_as_configured(new_name, 'identifier') }}
{%- endmacro %}
