{#- How a snapshot sees that a row has changed: one macro `snapshot_<strategy>_strategy` for each value of `strategy`; projects add their
    own. Each gives a dictionary of SQL: unique_key, updated_at, row_changed, scd_id; and hard_deletes. -#}

{#- Gives the macro of a strategy, which may stand in another package: `package.strategy`. -#}
{% macro strategy_dispatch(name) -%}
    {%- set scope = context -%}
    {%- set short_name = name -%}
    {%- set package = none -%}
    {%- if '.' in name -%}
        {%- set package, short_name = name.split('.', 1) -%}
        {%- if package not in context -%}
            {%- do exceptions.raise_compiler_error("Could not find package '" ~ package ~ "', called with '" ~ name ~ "'") -%}
        {%- endif -%}
        {%- set scope = context[package] -%}
    {%- endif -%}
    {%- set macro_name = 'snapshot_' ~ short_name ~ '_strategy' -%}
    {%- if macro_name not in scope -%}
        {%- do exceptions.raise_compiler_error("The specified strategy macro '" ~ short_name ~ "' was not found in package '" ~ package ~ "'") -%}
    {%- endif -%}
    {{ return(scope[macro_name]) }}
{%- endmacro %}

{#- The id of a version of a row, from the values that make it unique. -#}
{% macro snapshot_hash_arguments(args) -%}
    {{ return(adapter.dispatch('snapshot_hash_arguments', 'dbt')(args)) }}
{%- endmacro %}

{#- dbt's very form, because the ids stand in snapshots that dbt has written. -#}
{% macro default__snapshot_hash_arguments(args) -%}
    md5({% for arg in args -%}
        coalesce(cast({{ arg }} as varchar), ''){{ " || '|' || " if not loop.last }}
    {%- endfor %})
{%- endmacro %}

{#- A row has changed when its own time of change is later than that of the version stored. -#}
{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
    {%- set updated_at = config.get('updated_at') -%}
    {%- set columns = martlet__snapshot_columns() -%}
    {{ return(martlet__strategy(
        updated_at,
        snapshotted_rel ~ '.' ~ columns.dbt_valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at
    )) }}
{%- endmacro %}

{#- A row has changed when one of the columns has, or when the snapshot does not have one of them yet. -#}
{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) -%}
    {%- set updated_at = config.get('updated_at') or snapshot_get_time() -%}
    {%- set checked = snapshot_check_all_get_existing_columns(node, target_exists, config.get('check_cols')) -%}
    {%- set conditions = [get_true_sql()] if checked[0] else [] -%}
    {%- for column in checked[1] -%}
        {%- set old = snapshotted_rel ~ '.' ~ column -%}
        {%- set new = current_rel ~ '.' ~ column -%}
        {%- do conditions.append(
            old ~ ' != ' ~ new ~ ' or (' ~ old ~ ' is null and ' ~ new ~ ' is not null)'
            ~ ' or (' ~ old ~ ' is not null and ' ~ new ~ ' is null)'
        ) -%}
    {%- endfor -%}
    {{ return(martlet__strategy(updated_at, conditions | join('\n                or ') or 'FALSE')) }}
{%- endmacro %}

{% macro martlet__strategy(updated_at, row_changed) -%}
    {%- set unique_key = config.get('unique_key') -%}
    {%- set hard_deletes = adapter.get_hard_deletes_behavior(config) -%}
    {{ return({
        'unique_key': unique_key,
        'updated_at': updated_at,
        'row_changed': '(' ~ row_changed ~ ')',
        'scd_id': snapshot_hash_arguments(([unique_key] if unique_key is string else unique_key | list) + [updated_at]),
        'invalidate_hard_deletes': hard_deletes == 'invalidate',
        'hard_deletes': hard_deletes
    }) }}
{%- endmacro %}

{#- A pair: whether the query has a column to be checked that the snapshot lacks, and the columns that both have, quoted. On the first
    run there is nothing to compare with. -#}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
    {%- if check_cols_config is none or check_cols_config is undefined or (check_cols_config is string and check_cols_config != 'all')
        or check_cols_config | length == 0 -%}
        {%- do exceptions.raise_compiler_error("check_cols must be a list of columns or 'all', not " ~ check_cols_config) -%}
    {%- endif -%}
    {%- if not target_exists -%}
        {{ return([false, get_columns_in_query(node['compiled_code']) if check_cols_config == 'all' else check_cols_config]) }}
    {%- endif -%}
    {%- set stored = get_list_of_column_names(adapter.get_columns_in_relation(load_cached_relation(this))) | map('lower') | list -%}
    {%- set wanted = none if check_cols_config == 'all' else check_cols_config | map('lower') | list -%}
    {%- set missing = [] -%}
    {%- set common = [] -%}
    {%- for name in get_columns_in_query(node['compiled_code']) if wanted is none or name | lower in wanted -%}
        {%- if name | lower in stored -%}
            {%- do common.append(adapter.quote(name)) -%}
        {%- else -%}
            {%- do missing.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return([missing | length > 0, common]) }}
{%- endmacro %}
