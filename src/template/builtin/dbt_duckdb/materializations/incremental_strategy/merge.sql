{#- The strategy `merge`, on DuckDB's MERGE: `merge_clauses` say clause by clause what happens, else the simple configs do. -#}

{% macro duckdb__get_incremental_merge_sql(args_dict) -%}
    {{ return(duckdb__get_merge_sql(
        args_dict['target_relation'], args_dict['temp_relation'], args_dict['unique_key'],
        args_dict['dest_columns'], args_dict['incremental_predicates']
    )) }}
{%- endmacro %}

{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
    {%- do validate_merge_config(config, target) -%}
    {%- set clauses = martlet__merge_clauses(config) -%}
    {%- set returning = config.get('merge_returning_columns') or [] -%}
    merge into {{ target }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    {{ duckdb__merge_join_clause(unique_key, config.get('merge_on_using_columns'), incremental_predicates) }}
    {%- for clause in clauses['when_matched'] %}
    {{ martlet__merge_clause('when matched', clause, dest_columns) }}
    {%- endfor %}
    {%- for clause in clauses['when_not_matched'] %}
    {{ martlet__merge_clause('when not matched' ~ (' by source' if clause.get('by') == 'source'), clause, dest_columns) }}
    {%- endfor %}
    {%- if returning %}
    returning {{ returning | join(', ') }}
    {%- endif %}
{%- endmacro %}

{#- Predicates cannot stand beside `using (…)`; with them the same columns are compared one by one. Without any key nothing matches. -#}
{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) -%}
    {%- set predicates = normalize_incremental_predicates(incremental_predicates) -%}
    {%- if merge_on_using_columns and not predicates -%}
        using ({{ merge_on_using_columns | join(', ') }})
    {%- else -%}
        {%- set conditions = [] -%}
        {%- for key in martlet__key_list(merge_on_using_columns or unique_key or []) -%}
            {%- do conditions.append('(DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key ~ ')') -%}
        {%- else -%}
            {%- do conditions.append('(FALSE)') -%}
        {%- endfor -%}
        {%- for predicate in predicates -%}
            {%- do conditions.append('(' ~ predicate ~ ')') -%}
        {%- endfor -%}
        on {{ conditions | join(' and ') }}
    {%- endif -%}
{%- endmacro %}

{% macro martlet__merge_clause(head, clause, dest_columns) -%}
    {{ head }}
    {%- set condition = clause.get('condition') -%}
    {%- if condition %} and {{ condition if condition is string else '(' ~ condition | join(') and (') ~ ')' }}{% endif %} then {{ martlet__merge_action(clause, dest_columns) }}
{%- endmacro %}

{% macro martlet__merge_action(clause, dest_columns) -%}
    {%- set action = clause['action'] -%}
    {%- set mode = clause.get('mode') or 'by_name' -%}
    {%- if action == 'delete' -%}
        delete
    {%- elif action == 'do_nothing' -%}
        do nothing
    {%- elif action == 'error' -%}
        error{% if clause.get('error_message') %} '{{ escape_single_quotes(clause['error_message']) }}'{% endif %}
    {%- elif action == 'update' and (mode == 'explicit' or clause.get('set_expressions')) -%}
        update set {{ martlet__merge_assignments(clause, dest_columns) }}
    {%- elif action == 'update' -%}
        update {{ {'by_name': 'by name', 'by_position': 'by position', 'star': 'set *'}[mode] }}
    {%- elif mode == 'explicit' -%}
        insert {{ martlet__merge_insert_values(clause, dest_columns) }}
    {%- else -%}
        insert {{ {'by_name': 'by name', 'by_position': 'by position', 'star': '*'}[mode] }}
    {%- endif -%}
{%- endmacro %}

{#- Expressions first, then the other columns from the source. An update of rows that the source does not have has expressions only. -#}
{% macro martlet__merge_assignments(clause, dest_columns) -%}
    {%- set update = clause.get('update') or {} -%}
    {%- set expressions = clause.get('set_expressions') or update.get('set_expressions') or {} -%}
    {%- set taken = expressions.keys() | map('lower') | list -%}
    {%- set assignments = [] -%}
    {%- for column, expression in expressions.items() -%}
        {%- do assignments.append(column ~ ' = ' ~ expression) -%}
    {%- endfor -%}
    {%- if clause.get('by') != 'source' -%}
        {%- set columns = get_merge_update_columns(update.get('include'), update.get('exclude'), dest_columns) -%}
        {%- for column in columns if column | lower | replace('"', '') not in taken -%}
            {%- do assignments.append(column ~ ' = DBT_INTERNAL_SOURCE.' ~ column) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(assignments | join(', ')) }}
{%- endmacro %}

{#- Columns without values are taken from the source. -#}
{% macro martlet__merge_insert_values(clause, dest_columns) -%}
    {%- set insert = clause.get('insert') or {} -%}
    {%- set columns = insert.get('columns') or (dest_columns | map(attribute='quoted') | list) -%}
    {%- set values = insert.get('values') -%}
    {%- if not values -%}
        {%- set values = [] -%}
        {%- for column in columns -%}
            {%- do values.append('DBT_INTERNAL_SOURCE.' ~ column) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return('(' ~ columns | join(', ') ~ ') values (' ~ values | join(', ') ~ ')') }}
{%- endmacro %}
