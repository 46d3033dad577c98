{#- A function of the database, made from the SQL of a function node. -#}
{% materialization function, default, supported_languages=['sql', 'python', 'javascript'] %}

    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='function') -%}
    {%- set kind = model.config.get('type') or 'scalar' -%}
    {%- set language = model.get('language', 'sql') -%}
    {%- set build = adapter.dispatch(kind ~ '_function_' ~ language, 'dbt') -%}

    {{ run_hooks(pre_hooks) }}
    {%- do function_execute_build_sql(build(target_relation), existing_relation, target_relation) -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}

{% macro function_execute_build_sql(build_sql, existing_relation, target_relation) -%}
    {{ return(adapter.dispatch('function_execute_build_sql', 'dbt')(build_sql, existing_relation, target_relation)) }}
{%- endmacro %}

{% macro default__function_execute_build_sql(build_sql, existing_relation, target_relation) -%}
    {%- call statement('main') -%}
        {{ build_sql }}
    {%- endcall -%}
    {%- do apply_grants(
        target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)
    ) -%}
    {%- do persist_docs(target_relation, model) -%}
{%- endmacro %}
