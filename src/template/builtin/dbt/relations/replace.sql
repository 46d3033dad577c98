{#- SQL that puts a relation in the place of another of any kind, in one text. -#}

{% macro get_replace_sql(existing_relation, target_relation, sql) -%}
    {{ return(adapter.dispatch('get_replace_sql', 'dbt')(existing_relation, target_relation, sql)) }}
{%- endmacro %}

{#- The best that both relations allow: replacing in place, else making beside and renaming, else putting the old one aside,
    else dropping it first. -#}
{% macro default__get_replace_sql(existing_relation, target_relation, sql) -%}
    {%- set same_kind = existing_relation.type == target_relation.type -%}
    {%- if same_kind and target_relation.can_be_replaced and target_relation.is_table -%}
        {{ get_replace_table_sql(target_relation, sql) }}
    {%- elif same_kind and target_relation.can_be_replaced and target_relation.is_view -%}
        {{ get_replace_view_sql(target_relation, sql) }}
    {%- elif same_kind and target_relation.can_be_replaced and target_relation.is_materialized_view -%}
        {{ get_replace_materialized_view_sql(target_relation, sql) }}
    {%- elif target_relation.can_be_renamed and existing_relation.can_be_renamed -%}
        {{ get_create_intermediate_sql(target_relation, sql) }};
        {{ get_create_backup_sql(existing_relation) }};
        {{ get_rename_intermediate_sql(target_relation) }};
        {{ get_drop_backup_sql(existing_relation) }}
    {%- elif target_relation.can_be_renamed -%}
        {{ get_create_intermediate_sql(target_relation, sql) }};
        {{ get_drop_sql(existing_relation) }};
        {{ get_rename_intermediate_sql(target_relation) }}
    {%- elif existing_relation.can_be_renamed -%}
        {{ get_create_backup_sql(existing_relation) }};
        {{ get_create_sql(target_relation, sql) }};
        {{ get_drop_backup_sql(existing_relation) }}
    {%- else -%}
        {{ get_drop_sql(existing_relation) }};
        {{ get_create_sql(target_relation, sql) }}
    {%- endif -%}
{%- endmacro %}
