{#- Steps and words of snapshots. -#}

{% macro create_columns(relation, columns) -%}
    {{ return(adapter.dispatch('create_columns', 'dbt')(relation, columns)) }}
{%- endmacro %}

{% macro default__create_columns(relation, columns) -%}
    {%- for column in columns -%}
        {%- call statement('create_columns') -%}
            alter table {{ relation.render() }} add column {{ adapter.quote(column.name) }} {{ column.data_type }}
        {%- endcall -%}
    {%- endfor -%}
{%- endmacro %}

{#- For adapters that have something to clear away. -#}
{% macro post_snapshot(staging_relation) -%}
    {{ return(adapter.dispatch('post_snapshot', 'dbt')(staging_relation)) }}
{%- endmacro %}

{% macro default__post_snapshot(staging_relation) -%}
{%- endmacro %}

{% macro get_true_sql() -%}
    {{ return(adapter.dispatch('get_true_sql', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_true_sql() -%}
    {{ return('TRUE') }}
{%- endmacro %}

{#- The columns that snapshots add, under the names that a project may give them. -#}
{% macro get_snapshot_table_column_names() -%}
    {{ return({
        'dbt_valid_to': 'dbt_valid_to',
        'dbt_valid_from': 'dbt_valid_from',
        'dbt_scd_id': 'dbt_scd_id',
        'dbt_updated_at': 'dbt_updated_at',
        'dbt_is_deleted': 'dbt_is_deleted'
    }) }}
{%- endmacro %}

{% macro martlet__snapshot_columns() -%}
    {%- set configured = config.get('snapshot_table_column_names') -%}
    {%- if configured -%}
        {{ return(configured) }}
    {%- endif -%}
    {%- set columns = get_snapshot_table_column_names() -%}
    {%- set renamed = config.get('snapshot_meta_column_names') or {} -%}
    {%- for name in columns if renamed[name] -%}
        {%- do columns.update({name: renamed[name]}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{% macro get_updated_at_column_data_type(snapshot_sql) -%}
    {%- set name = martlet__snapshot_columns().dbt_updated_at | lower -%}
    {%- for column in get_column_schema_from_query(snapshot_sql) if column.column | lower == name -%}
        {{ return(column.dtype) }}
    {%- endfor -%}
    {{ return(none) }}
{%- endmacro %}

{#- Times of two types in one column compare in surprising ways, so it warns. -#}
{% macro check_time_data_types(sql) -%}
    {%- set of_query = get_updated_at_column_data_type(sql) -%}
    {%- set of_snapshots = get_snapshot_get_time_data_type() -%}
    {%- if of_query is not none and of_snapshots is not none and of_query != of_snapshots -%}
        {%- do exceptions.warn_snapshot_timestamp_data_types(of_snapshots, of_query) -%}
    {%- endif -%}
{%- endmacro %}

{#- What `dbt_valid_to` holds in the row that is valid now: null, or the config `dbt_valid_to_current`. The odd `nullif` gives null the
    type of the times. -#}
{% macro get_dbt_valid_to_current(strategy, columns) -%}
    {%- set current = config.get('dbt_valid_to_current') or 'null' -%}
    coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ current }}) as {{ columns.dbt_valid_to }}
{%- endmacro %}

{#- Whether a row of the snapshot is the one that is valid now. Rows from before `dbt_valid_to_current` was set have null. -#}
{% macro martlet__is_current(prefix, columns) -%}
    {%- set valid_to = prefix ~ columns.dbt_valid_to -%}
    {%- set current = config.get('dbt_valid_to_current') -%}
    {%- if current -%}
        ({{ valid_to }} = {{ current }} or {{ valid_to }} is null)
    {%- else -%}
        {{ valid_to }} is null
    {%- endif -%}
{%- endmacro %}

{#- The key under names that no query has: `dbt_unique_key`, or one for each of several columns. -#}
{% macro unique_key_fields(unique_key) -%}
    {%- if unique_key is string -%}
        {{ unique_key }} as dbt_unique_key
    {%- else -%}
        {%- for key in unique_key -%}
            {{ key }} as dbt_unique_key_{{ loop.index }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro unique_key_join_on(unique_key, identifier, from_identifier) -%}
    {%- for name in martlet__key_names(unique_key) -%}
        {{ identifier }}.{{ name }} = {{ from_identifier }}.{{ name }}{{ ' and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- After an outer join, the first part of the key tells whether there was a partner. -#}
{% macro unique_key_is_null(unique_key, identifier) -%}
    {{ identifier }}.{{ martlet__key_names(unique_key)[0] }} is null
{%- endmacro %}

{% macro unique_key_is_not_null(unique_key, identifier) -%}
    {{ identifier }}.{{ martlet__key_names(unique_key)[0] }} is not null
{%- endmacro %}

{% macro martlet__key_names(unique_key) -%}
    {%- if unique_key is string -%}
        {{ return(['dbt_unique_key']) }}
    {%- endif -%}
    {%- set names = [] -%}
    {%- for key in unique_key -%}
        {%- do names.append('dbt_unique_key_' ~ loop.index) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
