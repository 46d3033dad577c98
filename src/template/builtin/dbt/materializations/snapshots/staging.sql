{#- What has changed since the last run, one row a change, of four kinds:
    - `insert`: a row that is new, or the new version of one that changed;
    - `update`: the end of the version that changed;
    - `delete`: the end of the version of a row that is gone, when `hard_deletes` is not `ignore`;
    - a further `insert` that says so, when `hard_deletes` is `new_record`.
    The names `snapshotted_data` and `source_data` are those that a strategy writes its expressions with. -#}

{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {{ return(adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation)) }}
{%- endmacro %}

{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- set columns = martlet__snapshot_columns() -%}
    {%- set new_record = strategy.hard_deletes == 'new_record' -%}
    {%- set with_deletes = new_record or strategy.hard_deletes == 'invalidate' or strategy.invalidate_hard_deletes -%}
    {%- set key = strategy.unique_key -%}
    {%- set keys = unique_key_fields(key) | trim -%}
    {%- set joined = unique_key_join_on(key, 'snapshotted_data', 'source_data') | trim -%}
    {%- set changed = '(' ~ strategy.row_changed ~ (
        ' or snapshotted_data.' ~ columns.dbt_is_deleted ~ " = 'True'" if new_record else ''
    ) ~ ')' -%}
    with snapshot_query as (

        {{ source_sql }}

    ),

    snapshotted_data as (

        select *, {{ keys }}
        from {{ target_relation }}
        where {{ martlet__is_current('', columns) }}

    ),

    insertions_source_data as (

        select
            *,
            {{ keys }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ get_dbt_valid_to_current(strategy, columns) }},
            {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}
        from snapshot_query

    ),

    updates_source_data as (

        select
            *,
            {{ keys }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_to }}
        from snapshot_query

    ),

    insertions as (

        select
            'insert' as dbt_change_type,
            source_data.*
            {%- if new_record %},
            'False' as {{ columns.dbt_is_deleted }}
            {%- endif %}
        from insertions_source_data as source_data
        left join snapshotted_data
            on {{ joined }}
        where {{ unique_key_is_null(key, 'snapshotted_data') }}
            or {{ changed }}

    ),

    updates as (

        select
            'update' as dbt_change_type,
            source_data.*,
            snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if new_record %},
            snapshotted_data.{{ columns.dbt_is_deleted }}
            {%- endif %}
        from updates_source_data as source_data
        join snapshotted_data
            on {{ joined }}
        where {{ changed }}

    )
    {%- if with_deletes %},
    {{ martlet__snapshot_deletes(strategy, columns, keys, joined) }}
    {%- endif %}
    {%- if new_record %},
    {{ martlet__snapshot_deletion_records(strategy, columns, joined, source_sql, target_relation) }}
    {%- endif %}

    select * from insertions
    union all
    select * from updates
    {%- if with_deletes %}
    union all
    select * from deletes
    {%- endif %}
    {%- if new_record %}
    union all
    select * from deletion_records
    {%- endif %}
{%- endmacro %}

{#- Rows of the snapshot without a partner in the query. One that is marked as deleted already is left alone. -#}
{% macro martlet__snapshot_deletes(strategy, columns, keys, joined) -%}
    {%- set now = snapshot_get_time() -%}
    {%- set new_record = strategy.hard_deletes == 'new_record' -%}
    deletes_source_data as (

        select *, {{ keys }}
        from snapshot_query

    ),

    deletes as (

        select
            'delete' as dbt_change_type,
            source_data.*,
            {{ now }} as {{ columns.dbt_updated_at }},
            {{ now }} as {{ columns.dbt_valid_from }},
            {{ now }} as {{ columns.dbt_valid_to }},
            snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if new_record %},
            snapshotted_data.{{ columns.dbt_is_deleted }}
            {%- endif %}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ joined }}
        where {{ unique_key_is_null(strategy.unique_key, 'source_data') }}
            {%- if new_record %}
            and snapshotted_data.{{ columns.dbt_is_deleted }} != 'True'
            {%- endif %}

    )
{%- endmacro %}

{#- The last values of a row that is gone, marked as deleted. A column that the snapshot does not have yet has no last value. -#}
{% macro martlet__snapshot_deletion_records(strategy, columns, joined, source_sql, target_relation) -%}
    {%- set now = snapshot_get_time() -%}
    {%- set stored = get_list_of_column_names(adapter.get_columns_in_relation(target_relation)) | map('lower') | list -%}
    deletion_records as (

        select
            'insert' as dbt_change_type,
            {%- for column in get_column_schema_from_query(source_sql) %}
            {{ 'snapshotted_data.' ~ adapter.quote(column.name) if column.name | lower in stored else 'null' }} as {{ adapter.quote(column.name) }},
            {%- endfor %}
            {%- for name in martlet__key_names(strategy.unique_key) %}
            snapshotted_data.{{ name }},
            {%- endfor %}
            {{ now }} as {{ columns.dbt_updated_at }},
            {{ now }} as {{ columns.dbt_valid_from }},
            snapshotted_data.{{ columns.dbt_valid_to }} as {{ columns.dbt_valid_to }},
            {{ snapshot_hash_arguments([columns.dbt_scd_id, now]) }} as {{ columns.dbt_scd_id }},
            'True' as {{ columns.dbt_is_deleted }}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ joined }}
        where {{ unique_key_is_null(strategy.unique_key, 'source_data') }}
            and snapshotted_data.{{ columns.dbt_is_deleted }} != 'True'

    )
{%- endmacro %}
