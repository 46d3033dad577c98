{#- A function of DuckDB is a macro of its own: an expression with parameters. The result is cast, because a macro declares no type. -#}

{% macro duckdb__scalar_function_create_replace_signature_sql(target_relation) -%}
    create or replace function {{ target_relation.render() }}({{ formatted_scalar_function_args_sql() }}) as
{%- endmacro %}

{% macro duckdb__formatted_scalar_function_args_sql() -%}
    {%- set arguments = [] -%}
    {%- for argument in model.arguments -%}
        {%- do arguments.append(
            argument.name ~ (' := ' ~ argument.default_value if argument.default_value is defined and argument.default_value is not none else '')
        ) -%}
    {%- endfor -%}
    {{ arguments | join(', ') }}
{%- endmacro %}

{% macro duckdb__scalar_function_body_sql() -%}
    cast((
        {{ model.compiled_code }}
    ) as {{ model.returns.data_type }})
{%- endmacro %}
