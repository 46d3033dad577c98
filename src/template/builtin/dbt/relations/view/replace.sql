{#- Views in the place of others. -#}

{% macro get_replace_view_sql(relation, sql) -%}
    {{ return(adapter.dispatch('get_replace_view_sql', 'dbt')(relation, sql)) }}
{%- endmacro %}

{% macro default__get_replace_view_sql(relation, sql) -%}
    {{ exceptions.raise_compiler_error('get_replace_view_sql is not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{#- A whole view materialization in one call, for adapters and projects that wrap it; only the commit is left to the caller. -#}
{% macro create_or_replace_view() -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set grant_config = config.get('grants') -%}
    {{ run_hooks(pre_hooks) }}
    {%- if existing is not none and existing.is_table -%}
        {%- do handle_existing_table(should_full_refresh(), existing) -%}
    {%- endif -%}
    {%- call statement('main') -%}
        {{ get_create_view_as_sql(target_relation, sql) }}
    {%- endcall -%}
    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmacro %}

{% macro handle_existing_table(full_refresh, old_relation) -%}
    {{ return(adapter.dispatch('handle_existing_table', 'dbt')(full_refresh, old_relation)) }}
{%- endmacro %}

{% macro default__handle_existing_table(full_refresh, old_relation) -%}
    {%- do log('dropping ' ~ old_relation.render() ~ ', which is a ' ~ old_relation.type) -%}
    {%- do adapter.drop_relation(old_relation) -%}
{%- endmacro %}
