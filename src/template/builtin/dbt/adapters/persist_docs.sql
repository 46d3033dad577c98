{#- Descriptions as comments in the database, when the config `persist_docs` asks for it. -#}

{% macro alter_column_comment(relation, column_dict) -%}
    {{ return(adapter.dispatch('alter_column_comment', 'dbt')(relation, column_dict)) }}
{%- endmacro %}

{% macro default__alter_column_comment(relation, column_dict) -%}
    {{ exceptions.raise_not_implemented('alter_column_comment is not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro alter_relation_comment(relation, relation_comment) -%}
    {{ return(adapter.dispatch('alter_relation_comment', 'dbt')(relation, relation_comment)) }}
{%- endmacro %}

{% macro default__alter_relation_comment(relation, relation_comment) -%}
    {{ exceptions.raise_not_implemented('alter_relation_comment is not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro persist_docs(relation, model, for_relation=true, for_columns=true) -%}
    {{ return(adapter.dispatch('persist_docs', 'dbt')(relation, model, for_relation, for_columns)) }}
{%- endmacro %}

{% macro default__persist_docs(relation, model, for_relation, for_columns) -%}
    {%- if for_relation and config.persist_relation_docs() and model.description -%}
        {%- do run_query(alter_relation_comment(relation, model.description)) -%}
    {%- endif -%}
    {%- if for_columns and config.persist_column_docs() and model.columns -%}
        {%- set existing_names = get_list_of_column_names(adapter.get_columns_in_relation(relation)) -%}
        {%- set documented = validate_doc_columns(relation, model.columns, existing_names) -%}
        {%- set comment_sql = alter_column_comment(relation, documented) if documented else '' -%}
        {%- if comment_sql | trim -%}
            {%- do run_query(comment_sql) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- The documented columns that exist; for the others, a warning: a column that is not there is mostly a spelling mistake. -#}
{% macro validate_doc_columns(relation, column_dict, existing_column_names) -%}
    {%- set existing = existing_column_names | map('lower') | list -%}
    {%- set known = {} -%}
    {%- set missing = [] -%}
    {%- for name in column_dict -%}
        {%- set is_there = name in existing_column_names if column_dict[name]['quote'] else name | lower in existing -%}
        {%- if is_there -%}
            {%- do known.update({name: column_dict[name]}) -%}
        {%- else -%}
            {%- do missing.append(name) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if missing -%}
        {%- do exceptions.warn(
            'In relation ' ~ relation.render()
            ~ ': The following columns are specified in the schema but are not present in the database: ' ~ missing | join(', ')
        ) -%}
    {%- endif -%}
    {{ return(known) }}
{%- endmacro %}
