{#- The first run of a snapshot, and the table of changes of the later ones. -#}

{% macro build_snapshot_table(strategy, sql) -%}
    {{ return(adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql)) }}
{%- endmacro %}

{#- Every row is new and valid. -#}
{% macro default__build_snapshot_table(strategy, sql) -%}
    {%- set columns = martlet__snapshot_columns() -%}
    select
        *,
        {{ strategy.scd_id }} as {{ columns.dbt_scd_id }},
        {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
        {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
        {{ get_dbt_valid_to_current(strategy, columns) }}
        {%- if strategy.hard_deletes == 'new_record' %},
        'False' as {{ columns.dbt_is_deleted }}
        {%- endif %}
    from (
        {{ sql }}
    ) as sbq
{%- endmacro %}

{#- Gives the temporary relation that holds the changes. -#}
{% macro build_snapshot_staging_table(strategy, sql, target_relation) -%}
    {%- set temp_relation = make_temp_relation(target_relation) -%}
    {%- call statement('build_snapshot_staging_relation') -%}
        {{ create_table_as(True, temp_relation, snapshot_staging_table(strategy, sql, target_relation)) }}
    {%- endcall -%}
    {{ return(temp_relation) }}
{%- endmacro %}
