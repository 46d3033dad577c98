{#- Lists of columns, as SQL and compared with each other. -#}

{% macro get_quoted_csv(column_names) -%}
    {%- set quoted = [] -%}
    {%- for name in column_names -%}
        {%- do quoted.append(adapter.quote(name)) -%}
    {%- endfor -%}
    {{ return(quoted | join(', ')) }}
{%- endmacro %}

{#- The source's columns that the target does not have. The database does not tell names apart by case; neither does this. -#}
{% macro diff_columns(source_columns, target_columns) -%}
    {%- set target_names = target_columns | map(attribute='name') | map('lower') | list -%}
    {%- set missing = [] -%}
    {%- for column in source_columns -%}
        {%- if column.name | lower not in target_names -%}
            {%- do missing.append(column) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(missing) }}
{%- endmacro %}

{% macro diff_column_data_types(source_columns, target_columns) -%}
    {{ return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) }}
{%- endmacro %}

{#- The target's columns whose type is another in the source, and cannot simply grow into it. -#}
{% macro default__diff_column_data_types(source_columns, target_columns) -%}
    {%- set changes = [] -%}
    {%- for source_column in source_columns -%}
        {%- for target_column in target_columns if target_column.name | lower == source_column.name | lower -%}
            {%- if source_column.data_type != target_column.data_type
                and not source_column.can_expand_to(other_column=target_column) -%}
                {%- do changes.append({'column_name': target_column.name, 'new_type': source_column.data_type}) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(changes) }}
{%- endmacro %}

{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
    {{ return(adapter.dispatch('get_merge_update_columns', 'dbt')(
        merge_update_columns, merge_exclude_columns, dest_columns
    )) }}
{%- endmacro %}

{#- The columns that a merge updates: those named, or all but those excluded. Naming and excluding at once is a contradiction. -#}
{% macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) -%}
    {%- if merge_update_columns and merge_exclude_columns -%}
        {{ exceptions.raise_compiler_error(
            'Model cannot specify merge_update_columns and merge_exclude_columns. Please update model to use only one config'
        ) }}
    {%- elif merge_update_columns -%}
        {{ return(merge_update_columns) }}
    {%- endif -%}
    {%- set excluded = (merge_exclude_columns or []) | map('lower') | list -%}
    {%- set columns = [] -%}
    {%- for column in dest_columns if column.column | lower not in excluded -%}
        {%- do columns.append(column.quoted) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
