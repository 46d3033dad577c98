{#- A table that grows: made on the first run, then given only the rows that the query selects. -#}
{% materialization incremental, default %}
    {{ return(martlet__incremental()) }}
{% endmaterialization %}

{% macro martlet__incremental() -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set grant_config = config.get('grants') -%}
    {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
    {%- set full_refresh_mode = should_full_refresh() or (existing is not none and existing.is_view) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set is_new = existing is none or full_refresh_mode -%}
    {%- if is_new -%}
        {{ martlet__build_relation(existing, target_relation, sql) }}
        {%- do create_indexes(target_relation) -%}
    {%- else -%}
        {{ martlet__add_rows(existing, target_relation, on_schema_change, sql) }}
    {%- endif -%}

    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing, full_refresh_mode)) -%}
    {%- do persist_docs(target_relation, model) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{%- endmacro %}

{#- The query runs once, into a temporary table, before the target is changed: it may select from the target, and a strategy
    reads its rows more than once. The temporary table goes with the transaction when a step fails, and by name when all is done. -#}
{% macro martlet__add_rows(existing, target_relation, on_schema_change, sql) -%}
    {%- set temp_relation = make_temp_relation(target_relation) -%}
    {%- set strategy = config.get('incremental_strategy') or 'default' -%}
    {%- set strategy_sql_macro = adapter.get_incremental_strategy_macro(context, strategy) -%}

    {%- call statement('create_temp') -%}
        {{ get_create_table_as_sql(True, temp_relation, sql) }}
    {%- endcall -%}

    {#- With `ignore` the rows go into the columns that the target has. -#}
    {%- set dest_columns = process_schema_changes(on_schema_change, temp_relation, existing) -%}
    {%- if not dest_columns -%}
        {%- set dest_columns = adapter.get_columns_in_relation(existing) -%}
    {%- endif -%}

    {%- call statement('main') -%}
        {{ strategy_sql_macro({
            'target_relation': target_relation,
            'temp_relation': temp_relation,
            'unique_key': config.get('unique_key'),
            'dest_columns': dest_columns,
            'incremental_predicates': config.get('predicates', none) or config.get('incremental_predicates', none)
        }) }}
    {%- endcall -%}

    {%- do adapter.drop_relation(temp_relation) -%}
{%- endmacro %}
