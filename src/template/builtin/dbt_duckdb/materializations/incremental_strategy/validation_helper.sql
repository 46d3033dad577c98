{#- Checks of single values; none is always allowed. -#}

{% macro validate_string_field(field_value, field_name, errors) -%}
    {%- if field_value is not none and field_value is not string -%}
        {%- do errors.append(field_name ~ ' must be a string, found: ' ~ field_value) -%}
    {%- endif -%}
{%- endmacro %}

{% macro validate_string_list_field(field_value, field_name, errors) -%}
    {%- if field_value is not none -%}
        {%- if field_value is string or field_value is mapping or field_value is not sequence -%}
            {%- do errors.append(field_name ~ ' must be a list') -%}
        {%- else -%}
            {%- for item in field_value if item is not string -%}
                {%- do errors.append(field_name ~ ' must contain only string values, found: ' ~ item) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro validate_dict_field(field_value, field_name, errors) -%}
    {%- if field_value is not none and field_value is not mapping -%}
        {%- do errors.append(field_name ~ ' must be a dictionary, found: ' ~ field_value) -%}
    {%- endif -%}
{%- endmacro %}

{#- One text, a list of them or nothing, as a list. -#}
{% macro normalize_string_or_list(value) -%}
    {%- if not value -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return([value] if value is string else value) }}
{%- endmacro %}

{% macro normalize_incremental_predicates(incremental_predicates) -%}
    {%- if incremental_predicates and (incremental_predicates is mapping or incremental_predicates is not sequence) -%}
        {{ exceptions.raise_compiler_error('incremental_predicates must be a list of strings or a string') }}
    {%- endif -%}
    {{ return(normalize_string_or_list(incremental_predicates)) }}
{%- endmacro %}
