{#- What happens when an incremental query has other columns than its table: the config `on_schema_change`. -#}

{% macro incremental_validate_on_schema_change(on_schema_change, default='ignore') -%}
    {%- if on_schema_change in ['sync_all_columns', 'append_new_columns', 'fail', 'ignore'] -%}
        {{ return(on_schema_change) }}
    {%- endif -%}
    {%- if on_schema_change is not none -%}
        {%- do log('on_schema_change: ' ~ on_schema_change ~ ' is not known; taking ' ~ default) -%}
    {%- endif -%}
    {{ return(default) }}
{%- endmacro %}

{% macro check_for_schema_changes(source_relation, target_relation) -%}
    {{ return(adapter.dispatch('check_for_schema_changes', 'dbt')(source_relation, target_relation)) }}
{%- endmacro %}

{% macro default__check_for_schema_changes(source_relation, target_relation) -%}
    {%- set source_columns = adapter.get_columns_in_relation(source_relation) -%}
    {%- set target_columns = adapter.get_columns_in_relation(target_relation) -%}
    {%- set source_not_in_target = diff_columns(source_columns, target_columns) -%}
    {%- set target_not_in_source = diff_columns(target_columns, source_columns) -%}
    {%- set new_target_types = diff_column_data_types(source_columns, target_columns) -%}
    {{ return({
        'schema_changed': (source_not_in_target + target_not_in_source + new_target_types) | length > 0,
        'source_not_in_target': source_not_in_target,
        'target_not_in_source': target_not_in_source,
        'source_columns': source_columns,
        'target_columns': target_columns,
        'new_target_types': new_target_types
    }) }}
{%- endmacro %}

{% macro sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
    {{ return(adapter.dispatch('sync_column_schemas', 'dbt')(on_schema_change, target_relation, schema_changes_dict)) }}
{%- endmacro %}

{% macro default__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
    {%- set to_add = schema_changes_dict['source_not_in_target'] -%}
    {%- set to_remove = schema_changes_dict['target_not_in_source'] if on_schema_change == 'sync_all_columns' else [] -%}
    {%- set to_change = schema_changes_dict['new_target_types'] if on_schema_change == 'sync_all_columns' else [] -%}
    {%- if to_add or to_remove -%}
        {%- do alter_relation_add_remove_columns(target_relation, to_add or none, to_remove or none) -%}
    {%- endif -%}
    {%- for change in to_change -%}
        {%- do alter_column_type(target_relation, change['column_name'], change['new_type']) -%}
    {%- endfor -%}
    {%- do log(
        'columns of ' ~ target_relation ~ ' changed: added [' ~ to_add | map(attribute='name') | join(', ')
        ~ '], removed [' ~ to_remove | map(attribute='name') | join(', ')
        ~ '], of another type [' ~ to_change | map(attribute='column_name') | join(', ') ~ ']'
    ) -%}
{%- endmacro %}

{% macro process_schema_changes(on_schema_change, source_relation, target_relation) -%}
    {{ return(adapter.dispatch('process_schema_changes', 'dbt')(on_schema_change, source_relation, target_relation)) }}
{%- endmacro %}

{#- The columns to insert into, which are the source's; nothing when changes are to be ignored. -#}
{% macro default__process_schema_changes(on_schema_change, source_relation, target_relation) -%}
    {%- if on_schema_change == 'ignore' -%}
        {{ return({}) }}
    {%- endif -%}
    {%- set changes = check_for_schema_changes(source_relation, target_relation) -%}
    {%- if changes['schema_changed'] -%}
        {%- if on_schema_change in ('append_new_columns', 'sync_all_columns') -%}
            {%- do sync_column_schemas(on_schema_change, target_relation, changes) -%}
        {%- else -%}
            {{ martlet__raise_schema_changed(target_relation, changes) }}
        {%- endif -%}
    {%- endif -%}
    {{ return(changes['source_columns']) }}
{%- endmacro %}

{#- In dbt's words first: programs look for them. -#}
{% macro martlet__raise_schema_changed(target_relation, changes) -%}
    {%- set lines = [
        'The source and target schemas on this incremental model are out of sync!',
        'the columns of the query are not those of ' ~ target_relation ~ ', and on_schema_change is fail'
    ] -%}
    {%- for key, words in [
        ('source_not_in_target', 'Source columns not in target'), ('target_not_in_source', 'Target columns not in source')
    ] if changes[key] -%}
        {%- do lines.append('  ' ~ words ~ ': ' ~ changes[key] | map(attribute='name') | join(', ')) -%}
    {%- endfor -%}
    {%- for change in changes['new_target_types'] -%}
        {%- do lines.append('  New column types: ' ~ change['column_name'] ~ ', now ' ~ change['new_type']) -%}
    {%- endfor -%}
    {%- do lines.append('run with --full-refresh to make the table anew, or set on_schema_change to append_new_columns or sync_all_columns') -%}
    {{ exceptions.raise_compiler_error(lines | join('\n')) }}
{%- endmacro %}
