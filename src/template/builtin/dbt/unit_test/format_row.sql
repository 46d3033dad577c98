{#- The values of a row as SQL of their columns' types. -#}
{% macro format_row(row, column_name_to_data_types) -%}
    {%- set formatted = {} -%}
    {%- for given in row -%}
        {%- set name = given | lower -%}
        {%- set type = column_name_to_data_types.get(name, column_name_to_data_types.get(given)) -%}
        {%- if not type -%}
            {%- set of = 'expected output' if model.resource_type == 'unit_test' else "'" ~ model.name ~ "'" -%}
            {{ exceptions.raise_compiler_error(
                "Invalid column name: '" ~ name ~ "' in unit test fixture for " ~ of ~ '.'
                ~ '\nAccepted columns for ' ~ of ~ ' are: ' ~ column_name_to_data_types.keys() | list
            ) }}
        {%- endif -%}
        {%- do formatted.update({name: martlet__fixture_value(row[given], type) | trim}) -%}
    {%- endfor -%}
    {{ return(formatted) }}
{%- endmacro %}

{#- Text is quoted; a number or a truth value is written bare; both are cast. -#}
{% macro martlet__fixture_value(value, type) -%}
    {%- if value is none -%}
        {{ safe_cast('null', type) }}
    {%- elif value is string -%}
        {{ safe_cast(string_literal(escape_single_quotes(value)), type) }}
    {%- elif value is boolean -%}
        {{ safe_cast(value | lower, type) }}
    {%- elif value is mapping or value is sequence -%}
        {{ safe_cast(string_literal(escape_single_quotes(tojson(value))), type) }}
    {%- else -%}
        {{ safe_cast(value, type) }}
    {%- endif -%}
{%- endmacro %}
