{#- The history of a query's rows: each version of a row with the time from which and until which it held. -#}
{% materialization snapshot, default %}

    {%- set unique_key = config.get('unique_key') -%}
    {%- set strategy_name = config.get('strategy') -%}
    {%- set grant_config = config.get('grants') -%}
    {%- set found = get_or_create_relation(
        database=model.database, schema=model.schema, identifier=model.get('alias', model.get('name')), type='table'
    ) -%}
    {%- set target_exists = found[0] -%}
    {%- set target_relation = found[1] -%}
    {%- if not target_relation.is_table -%}
        {%- do exceptions.relation_wrong_type(target_relation, 'table') -%}
    {%- endif -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set strategy = strategy_dispatch(strategy_name)(model, 'snapshotted_data', 'source_data', model['config'], target_exists) -%}
    {%- set query = model['compiled_code'] -%}

    {%- if not target_exists -%}
        {%- set history_sql = build_snapshot_table(strategy, query) -%}
        {%- do check_time_data_types(history_sql) -%}
        {%- call statement('main') -%}
            {{ create_table_as(False, target_relation, history_sql) }}
        {%- endcall -%}
    {%- else -%}
        {%- set staging_table = martlet__stage_snapshot(strategy, query, target_relation) -%}
        {%- set insert_columns = martlet__widen_snapshot(staging_table, target_relation, unique_key) -%}
        {%- call statement('main') -%}
            {{ snapshot_merge_sql(target=target_relation, source=staging_table, insert_cols=insert_columns) }}
        {%- endcall -%}
    {%- endif -%}

    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(target_exists, full_refresh_mode=False)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- if not target_exists -%}
        {%- do create_indexes(target_relation) -%}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {%- if staging_table is defined -%}
        {%- do post_snapshot(staging_table) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}

{#- Refuses a table that is no snapshot, then writes the changes since the last run into a temporary table. -#}
{% macro martlet__stage_snapshot(strategy, query, target_relation) -%}
    {%- do adapter.assert_valid_snapshot_target_given_strategy(
        target_relation, martlet__snapshot_columns(), strategy
    ) -%}
    {%- do check_time_data_types(snapshot_staging_table(strategy, query, target_relation)) -%}
    {{ return(build_snapshot_staging_table(strategy, query, target_relation)) }}
{%- endmacro %}

{#- Columns that the query has gained are added to the snapshot; those that it has lost stay. Gives the columns to insert, quoted. -#}
{% macro martlet__widen_snapshot(staging_table, target_relation, unique_key) -%}
    {%- set helpers = ['dbt_change_type', 'dbt_unique_key'] -%}
    {%- if unique_key is not string -%}
        {%- for key in unique_key -%}
            {%- do helpers.append('dbt_unique_key_' ~ loop.index) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set columns = [] -%}
    {%- set quoted = [] -%}
    {%- for column in adapter.get_columns_in_relation(staging_table) if column.name | lower not in helpers -%}
        {%- do columns.append(column) -%}
        {%- do quoted.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
    {%- set missing = diff_columns(columns, adapter.get_columns_in_relation(target_relation)) -%}
    {%- if missing -%}
        {%- do create_columns(target_relation, missing) -%}
    {%- endif -%}
    {{ return(quoted) }}
{%- endmacro %}
