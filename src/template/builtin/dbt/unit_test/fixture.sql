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

{#- The columns of the relation that a fixture stands for; it must exist, here or where refs are deferred to. -#}
{% macro martlet__fixture_columns() -%}
    {%- set relation = load_relation(this) or defer_relation -%}
    {%- if not relation -%}
        {{ exceptions.raise_compiler_error(
            'the columns of ' ~ this ~ ' are not known to unit test ' ~ model.name
            ~ ", because the relation does not exist; build it first, or give the input's rows as SQL"
        ) }}
    {%- endif -%}
    {{ return(adapter.get_columns_in_relation(relation)) }}
{%- endmacro %}
