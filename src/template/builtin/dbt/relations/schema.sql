{#- Drops a schema of the target's database by name; for scripts that clean up. -#}

{% macro drop_schema_named(schema_name) -%}
    {{ return(adapter.dispatch('drop_schema_named', 'dbt')(schema_name)) }}
{%- endmacro %}

{% macro default__drop_schema_named(schema_name) -%}
    {%- do adapter.drop_schema(api.Relation.create(database=target.database, schema=schema_name)) -%}
{%- endmacro %}
