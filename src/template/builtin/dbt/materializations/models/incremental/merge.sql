{#- The statements behind the strategies. -#}

{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
    {{ return(adapter.dispatch('get_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates)) }}
{%- endmacro %}

{% macro get_merge_unique_key_match(source_unique_key, target_unique_key) -%}
    {{ return(adapter.dispatch('get_merge_unique_key_match', 'dbt')(source_unique_key, target_unique_key)) }}
{%- endmacro %}

{% macro default__get_merge_unique_key_match(source_unique_key, target_unique_key) -%}
    ({{ source_unique_key }} = {{ target_unique_key }})
{%- endmacro %}

{#- Without a key no row matches, and the merge only inserts. -#}
{% macro default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
    {%- set conditions = [] -%}
    {%- for predicate in incremental_predicates or [] -%}
        {%- do conditions.append('(' ~ predicate ~ ')') -%}
    {%- endfor -%}
    {%- for key in martlet__key_list(unique_key) -%}
        {%- do conditions.append(get_merge_unique_key_match('DBT_INTERNAL_SOURCE.' ~ key, 'DBT_INTERNAL_DEST.' ~ key)) -%}
    {%- else -%}
        {%- do conditions.append('FALSE') -%}
    {%- endfor -%}
    {%- set update_columns = get_merge_update_columns(
        config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns
    ) -%}
    {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {{ config.get('sql_header', none) or '' }}
    merge into {{ target }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    on {{ conditions | join(' and ') }}
    {% if unique_key -%}
    when matched then update set
        {%- for column in update_columns %}
        {{ column }} = DBT_INTERNAL_SOURCE.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    {% endif -%}
    when not matched then insert
        ({{ columns }})
    values
        ({{ columns }})
{%- endmacro %}

{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {{ return(adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(
        target, source, unique_key, dest_columns, incremental_predicates
    )) }}
{%- endmacro %}

{#- Deletes the rows that come anew, then inserts. Without a key there is nothing to delete by, and it only inserts. A single key is
    looked up in the source; of several, each must be equal in one row of it. As in SQL everywhere, a null equals nothing. -#}
{% macro default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- if unique_key is string and unique_key -%}
        delete from {{ target }}
        where ({{ unique_key }}) in (
            select ({{ unique_key }})
            from {{ source }}
        )
        {%- for predicate in incremental_predicates or [] %}
            and {{ predicate }}
        {%- endfor -%}
        ;
    {% elif unique_key -%}
        delete from {{ target }} as DBT_INCREMENTAL_TARGET
        where exists (
            select 1
            from {{ source }} as DBT_INCREMENTAL_SOURCE
            where {% for key in unique_key -%}
                DBT_INCREMENTAL_SOURCE.{{ key }} = DBT_INCREMENTAL_TARGET.{{ key }}{{ ' and ' if not loop.last }}
            {%- endfor %}
        )
        {%- for predicate in incremental_predicates or [] %}
            and {{ predicate }}
        {%- endfor -%}
        ;
    {% endif -%}
    {{ get_insert_into_sql(target, source, dest_columns) }}
{%- endmacro %}

{% macro get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header=false) -%}
    {{ return(adapter.dispatch('get_insert_overwrite_merge_sql', 'dbt')(
        target, source, dest_columns, predicates, include_sql_header
    )) }}
{%- endmacro %}

{#- A merge of which nothing matches: what the predicates select in the target goes, all of the source comes. -#}
{% macro default__get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header) -%}
    {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {{ (config.get('sql_header', none) or '') if include_sql_header }}
    merge into {{ target }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    on FALSE
    when not matched by source
        {%- if predicates %} and {{ predicates | join(' and ') }}{% endif %}
        then delete
    when not matched then insert
        ({{ columns }})
    values
        ({{ columns }})
{%- endmacro %}

{#- `unique_key` is a name, a list of names or nothing. -#}
{% macro martlet__key_list(unique_key) -%}
    {{ return([unique_key] if unique_key is string and unique_key else (unique_key or [])) }}
{%- endmacro %}
