{% macro get_rename_table_sql(relation, new_name) -%}
    {{ return(adapter.dispatch('get_rename_table_sql', 'dbt')(relation, new_name)) }}
{%- endmacro %}

{% macro default__get_rename_table_sql(relation, new_name) -%}
    alter table {{ relation.render() }} rename to {{ adapter.quote_as_configured(new_name, 'identifier') }}
{%- endmacro %}
