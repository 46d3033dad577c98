{#- An update and an insert rather than a merge: they work on every kind of database that DuckDB attaches. -#}
{% macro duckdb__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = martlet__snapshot_columns() -%}
    update {{ target }} as DBT_INTERNAL_TARGET
    set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}
    from {{ source }} as DBT_INTERNAL_SOURCE
    where DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }} = DBT_INTERNAL_TARGET.{{ columns.dbt_scd_id }}
        and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
        and {{ martlet__is_current('DBT_INTERNAL_TARGET.', columns) }};

    insert into {{ target }} ({{ insert_cols | join(', ') }})
    select {{ insert_cols | join(', ') }}
    from {{ source }}
    where dbt_change_type = 'insert'
{%- endmacro %}

{% macro duckdb__post_snapshot(staging_relation) -%}
    {%- do adapter.drop_relation(staging_relation) -%}
{%- endmacro %}
