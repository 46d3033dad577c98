{#- DuckDB changes one column a statement. As in dbt, names are quoted as the project quotes identifiers. -#}

{% macro duckdb__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
    {%- for column in add_columns or [] -%}
        {%- set name = api.Relation.create(identifier=column.name) -%}
        {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' add column ' ~ name ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {%- for column in remove_columns or [] -%}
        {%- set name = api.Relation.create(identifier=column.name) -%}
        {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' drop column ' ~ name) -%}
    {%- endfor -%}
{%- endmacro %}

{#- In place: DuckDB refuses to update a table that its own transaction has altered, so the way by a second column is closed. -#}
{% macro duckdb__alter_column_type(relation, column_name, new_column_type) -%}
    {%- call statement('alter_column_type') -%}
        alter table {{ relation }} alter column {{ adapter.quote(column_name) }} set data type {{ new_column_type }}
    {%- endcall -%}
{%- endmacro %}
