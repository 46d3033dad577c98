{#- The clauses of a merge as lists of dictionaries, whichever way they are configured. -#}

{#- What the simple configs mean: update what matches, insert what does not; by name, unless columns are chosen. -#}
{% macro merge_clause_defaults(
    merge_update_condition, merge_insert_condition,
    merge_update_columns=[], merge_exclude_columns=[], merge_update_set_expressions={}
) -%}
    {%- set update = {'action': 'update', 'mode': 'by_name', 'condition': merge_update_condition} -%}
    {%- if merge_update_columns or merge_exclude_columns or merge_update_set_expressions -%}
        {%- do update.update({'mode': 'explicit', 'update': {
            'include': merge_update_columns, 'exclude': merge_exclude_columns, 'set_expressions': merge_update_set_expressions
        }}) -%}
    {%- endif -%}
    {{ return({
        'when_matched': [update],
        'when_not_matched': [{'action': 'insert', 'mode': 'by_name', 'condition': merge_insert_condition}]
    }) }}
{%- endmacro %}

{#- A side that `merge_clauses` does not mention keeps its default. -#}
{% macro martlet__merge_clauses(config) -%}
    {%- set clauses = merge_clause_defaults(
        config.get('merge_update_condition'), config.get('merge_insert_condition'), config.get('merge_update_columns') or [],
        config.get('merge_exclude_columns') or [], config.get('merge_update_set_expressions') or {}
    ) -%}
    {%- set configured = config.get('merge_clauses') or {} -%}
    {%- set matched = configured.get('when_matched') or clauses['when_matched'] -%}
    {%- set not_matched = configured.get('when_not_matched') or clauses['when_not_matched'] -%}
    {{ return({'when_matched': matched, 'when_not_matched': not_matched}) }}
{%- endmacro %}
