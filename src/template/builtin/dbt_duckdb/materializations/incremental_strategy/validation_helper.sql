{#- Checks of single values; none is always allowed. -#}

{% macro validate_string_field(field_value, field_name, errors) -%}
    {%- if field_value is not none and field_value is not string -%}
        {%- do errors.append(field_name ~ ' must be text, not ' ~ field_value) -%}
    {%- endif -%}
{%- endmacro %}

{% macro validate_string_list_field(field_value, field_name, errors) -%}
    {%- if field_value is not none -%}
        {%- if field_value is string or field_value is mapping or field_value is not sequence -%}
            {%- do errors.append(field_name ~ ' must be a list, not ' ~ field_value) -%}
        {%- else -%}
            {%- for item in field_value if item is not string -%}
                {%- do errors.append(field_name ~ ' must be a list of texts, but has ' ~ item) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro validate_dict_field(field_value, field_name, errors) -%}
    {%- if field_value is not none and field_value is not mapping -%}
        {%- do errors.append(field_name ~ ' must be a dictionary, not ' ~ field_value) -%}
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
    {{ return(normalize_string_or_list(incremental_predicates)) }}
{%- endmacro %}
