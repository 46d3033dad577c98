{#- Rows of unit tests as SQL. -#}

{#- The rows of an input. Columns that a row leaves out are null; types are those of the relation that the rows stand for. -#}
{% macro get_fixture_sql(rows, column_name_to_data_types) -%}
    {%- set types = column_name_to_data_types -%}
    {%- set quoted = {} -%}
    {%- if not types -%}
        {%- set columns = martlet__fixture_columns() -%}
        {%- set types = {} -%}
        {%- for column in columns -%}
            {%- do types.update({column.name | lower: column.data_type}) -%}
            {%- do quoted.update({column.name | lower: column.quoted}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set nulls = {} -%}
    {%- for name in types -%}
        {%- do nulls.update({name: safe_cast('null', types[name]) | trim}) -%}
    {%- endfor -%}
    {{ validate_fixture_rows(rows, none) }}
    {%- for row in rows %}
        {%- set formatted = {} -%}
        {%- for name, value in format_row(row, types).items() -%}
            {%- do formatted.update({name | lower: value}) -%}
        {%- endfor %}
    select
        {%- for name in nulls %}
        {{ formatted.get(name | lower, nulls[name]) }} as {{ quoted.get(name, name) }}{{ ',' if not loop.last }}
        {%- endfor %}
        {%- if not loop.last %}
    union all
        {%- endif %}
    {%- else %}
    select
        {%- for name in nulls %}
        {{ nulls[name] }} as {{ quoted.get(name, name) }}{{ ',' if not loop.last }}
        {%- endfor %}
    limit 0
    {%- endfor -%}
{%- endmacro %}

{#- The columns of the relation that a fixture stands for: those that binding its query gave, when it is not built, else its own. -#}
{% macro martlet__fixture_columns() -%}
    {%- if fixture_columns is defined and fixture_columns -%}
        {%- set columns = [] -%}
        {%- for column in fixture_columns -%}
            {%- do columns.append(api.Column(column['name'], column['data_type'])) -%}
        {%- endfor -%}
        {{ return(columns) }}
    {%- endif -%}
    {%- set relation = this if load_relation(this) else (defer_relation or this) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) if load_relation(relation) else [] -%}
    {%- if not columns -%}
        {{ exceptions.raise_compiler_error(
            "Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this ~ " because the relation doesn't exist"
        ) }}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}
