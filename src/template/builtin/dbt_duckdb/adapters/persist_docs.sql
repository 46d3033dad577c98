{#- Comments of relations and columns. -#}

{% macro duckdb_escape_comment(comment) -%}
    {%- if comment is not string -%}
        {{ exceptions.raise_compiler_error('a description must be text to be written as a comment, not ' ~ comment) }}
    {%- endif -%}
    {{ return("'" ~ comment.replace("'", "''") ~ "'") }}
{%- endmacro %}

{% macro duckdb__alter_relation_comment(relation, comment) -%}
    comment on {{ relation.type }} {{ relation }} is {{ duckdb_escape_comment(comment) }};
{%- endmacro %}

{% macro duckdb__alter_column_comment(relation, column_dict) -%}
    {%- for name in column_dict %}
    comment on column {{ relation }}.{{ adapter.quote(name) }} is {{ duckdb_escape_comment(column_dict[name]['description'] or '') }};
    {%- endfor -%}
{%- endmacro %}
