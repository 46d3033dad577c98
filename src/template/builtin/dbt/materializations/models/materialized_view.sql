{#- Materialized views: the frame, for adapters whose database has them. On others the macros of `relations/materialized_view` say so. -#}
{% materialization materialized_view, default %}

    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='materialized_view') -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set backup_relation = make_backup_relation(
        target_relation, existing_relation.type if existing_relation is not none else 'materialized_view'
    ) -%}

    {{ materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) }}

    {%- set build_sql = materialized_view_get_build_sql(
        existing_relation, target_relation, backup_relation, intermediate_relation
    ) -%}
    {%- if build_sql | trim == '' -%}
        {{ materialized_view_execute_no_op(target_relation) }}
    {%- else -%}
        {{ materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) }}
    {%- endif -%}

    {{ materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}

{#- Removes what an earlier crash may have left. -#}
{% macro materialized_view_setup(backup_relation, intermediate_relation, pre_hooks) -%}
    {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}
    {{ drop_relation_if_exists(load_cached_relation(intermediate_relation)) }}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
{%- endmacro %}

{% macro materialized_view_teardown(backup_relation, intermediate_relation, post_hooks) -%}
    {{ drop_relation_if_exists(load_cached_relation(backup_relation)) }}
    {{ drop_relation_if_exists(load_cached_relation(intermediate_relation)) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
{%- endmacro %}

{#- New: create. Of another kind, or a full refresh: replace. Else refresh, or do what `on_configuration_change` says. -#}
{% macro materialized_view_get_build_sql(existing_relation, target_relation, backup_relation, intermediate_relation) -%}
    {%- if existing_relation is none -%}
        {{ return(get_create_materialized_view_as_sql(target_relation, sql)) }}
    {%- elif should_full_refresh() or not existing_relation.is_materialized_view -%}
        {{ return(get_replace_sql(existing_relation, target_relation, sql)) }}
    {%- endif -%}
    {%- set changes = get_materialized_view_configuration_changes(existing_relation, config) -%}
    {%- set on_change = config.get('on_configuration_change', 'apply') | string -%}
    {%- if changes is none -%}
        {{ return(refresh_materialized_view(target_relation)) }}
    {%- elif on_change == 'apply' -%}
        {{ return(get_alter_materialized_view_as_sql(
            target_relation, changes, sql, existing_relation, backup_relation, intermediate_relation
        )) }}
    {%- elif on_change == 'continue' -%}
        {%- do exceptions.warn('the configuration of ' ~ target_relation ~ ' has changed; it is kept as it is, as on_configuration_change says') -%}
        {{ return('') }}
    {%- endif -%}
    {%- do exceptions.raise_fail_fast_error('the configuration of ' ~ target_relation ~ ' has changed, and on_configuration_change is fail') -%}
{%- endmacro %}

{% macro materialized_view_execute_no_op(target_relation) -%}
    {%- do store_raw_result(name='main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') -%}
{%- endmacro %}

{% macro materialized_view_execute_build_sql(build_sql, existing_relation, target_relation, post_hooks) -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- call statement('main') -%}
        {{ build_sql }}
    {%- endcall -%}
    {%- do apply_grants(
        target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation, full_refresh_mode=True)
    ) -%}
    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
{%- endmacro %}
