{#- Finds all mistakes in the configs of a merge before anything runs. Each step adds to the list `errors`. -#}

{% macro validate_merge_config(config, target_relation=none) -%}
    {%- set errors = [] -%}
    {%- set simple = [
        'merge_update_condition', 'merge_insert_condition', 'merge_update_columns', 'merge_update_set_expressions',
        'merge_exclude_columns'
    ] -%}
    {%- for name in ['merge_update_condition', 'merge_insert_condition'] -%}
        {%- do validate_string_field(config.get(name), name, errors) -%}
    {%- endfor -%}
    {%- for name in ['merge_on_using_columns', 'merge_update_columns'] -%}
        {%- do validate_string_list_field(config.get(name), name, errors) -%}
    {%- endfor -%}
    {%- do validate_dict_field(config.get('merge_update_set_expressions'), 'merge_update_set_expressions', errors) -%}
    {%- for name in ['merge_exclude_columns', 'merge_returning_columns'] -%}
        {%- do validate_string_list_field(config.get(name), name, errors) -%}
    {%- endfor -%}
    {%- if target_relation is not none -%}
        {%- do validate_ducklake_restrictions(config, target_relation, errors) -%}
    {%- endif -%}
    {%- if config.get('merge_clauses') is not none -%}
        {%- do validate_merge_clauses(config, simple, errors) -%}
    {%- endif -%}
    {%- if errors -%}
        {{ exceptions.raise_compiler_error('MERGE configuration errors:\n' ~ errors | join('\n')) }}
    {%- endif -%}
{%- endmacro %}

{#- Clauses stand in the place of the simple configs: both at once is a contradiction. -#}
{% macro validate_merge_clauses(config, base_configuration_fields, errors) -%}
    {%- set clauses = config.get('merge_clauses') -%}
    {%- set beside = [] -%}
    {%- for name in base_configuration_fields if config.get(name) -%}
        {%- do beside.append(name) -%}
    {%- endfor -%}
    {%- if clauses is not mapping -%}
        {%- do errors.append('merge_clauses must be a dictionary, found: ' ~ clauses) -%}
    {%- else -%}
        {%- if 'when_matched' not in clauses and 'when_not_matched' not in clauses -%}
            {%- do errors.append("merge_clauses must contain at least one of 'when_matched' or 'when_not_matched' keys") -%}
        {%- endif -%}
        {%- for name in ['when_matched', 'when_not_matched'] if name in clauses -%}
            {%- do validate_merge_clause_list(clauses, name, errors) -%}
        {%- endfor -%}
        {%- if beside -%}
            {%- do errors.append(
                'When merge_clauses is specified, the following basic merge configurations will be ignored and should be removed: '
                ~ beside | join(', ') ~ '. Define your merge behavior within merge_clauses instead.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro validate_merge_clause_list(merge_clauses, clause_type, errors) -%}
    {%- set clauses = merge_clauses.get(clause_type) -%}
    {%- if clauses is string or clauses is mapping or clauses is not sequence -%}
        {%- do errors.append('merge_clauses.' ~ clause_type ~ ' must be a list') -%}
    {%- elif not clauses -%}
        {%- do errors.append('merge_clauses.' ~ clause_type ~ ' must contain at least one element') -%}
    {%- else -%}
        {%- for clause in clauses -%}
            {%- do martlet__validate_merge_clause(clause, clause_type, 'merge_clauses.' ~ clause_type ~ '[' ~ loop.index0 ~ ']', errors) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro martlet__validate_merge_clause(clause, clause_type, place, errors) -%}
    {%- set actions = ['update', 'delete', 'do_nothing', 'error'] + ([] if clause_type == 'when_matched' else ['insert']) -%}
    {%- set modes = ['by_name', 'by_position', 'star', 'explicit'] -%}
    {%- if clause is not mapping -%}
        {%- do errors.append('merge_clauses.' ~ clause_type ~ ' elements must be dictionaries, found: ' ~ clause) -%}
    {%- else -%}
        {%- if clause.get('action') not in actions -%}
            {%- do errors.append(place ~ ".action must be one of " ~ actions | join(', ') ~ ', not ' ~ clause.get('action')) -%}
        {%- endif -%}
        {%- if clause.get('mode') is not none and clause.get('mode') not in modes -%}
            {%- do errors.append(place ~ ".mode must be one of " ~ modes | join(', ') ~ ', not ' ~ clause.get('mode')) -%}
        {%- endif -%}
        {%- if clause.get('by') is not none and clause.get('by') not in ['source', 'target'] -%}
            {%- do errors.append(place ~ ".by must be source or target, not " ~ clause.get('by')) -%}
        {%- endif -%}
        {%- do validate_string_field(clause.get('error_message'), place ~ '.error_message', errors) -%}
        {%- do validate_dict_field(clause.get('set_expressions'), place ~ '.set_expressions', errors) -%}
        {%- do validate_dict_field(clause.get('update'), place ~ '.update', errors) -%}
        {%- do validate_dict_field(clause.get('insert'), place ~ '.insert', errors) -%}
    {%- endif -%}
{%- endmacro %}

{#- DuckLake's merge takes a single update or delete. -#}
{% macro validate_ducklake_restrictions(config, target_relation, errors) -%}
    {%- set clauses = config.get('merge_clauses') -%}
    {%- if clauses is mapping and adapter.is_ducklake(target_relation) -%}
        {%- set changing = [] -%}
        {%- for clause in clauses.get('when_matched') or [] if clause is mapping and clause.get('action') in ['update', 'delete'] -%}
            {%- do changing.append(clause['action']) -%}
        {%- endfor -%}
        {%- if changing | length > 1 -%}
            {%- do errors.append(
                'DuckLake MERGE restrictions: when_matched clauses can contain only a single UPDATE or DELETE action. Found '
                ~ changing | length ~ ' UPDATE/DELETE actions.'
            ) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
