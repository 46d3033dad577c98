{#- The Python that dbt wraps around Python models. Such models cannot be run here; the macros are there for packages that name them. -#}

{% macro resolve_model_name(input_model_name) -%}
    {{ return(adapter.dispatch('resolve_model_name', 'dbt')(input_model_name)) }}
{%- endmacro %}

{% macro default__resolve_model_name(input_model_name) -%}
    {{ input_model_name | string | replace('"', '\\"') }}
{%- endmacro %}

{% macro build_ref_function(model) -%}
    {{ martlet__no_python_models(model) }}
{%- endmacro %}

{% macro build_source_function(model) -%}
    {{ martlet__no_python_models(model) }}
{%- endmacro %}

{% macro build_config_dict(model) -%}
    {{ martlet__no_python_models(model) }}
{%- endmacro %}

{% macro py_script_postfix(model) -%}
    {{ martlet__no_python_models(model) }}
{%- endmacro %}

{% macro py_script_comment() -%}
{%- endmacro %}

{% macro martlet__no_python_models(model) -%}
    {{ exceptions.raise_compiler_error(model['name'] ~ ': Python models are not supported, only SQL models') }}
{%- endmacro %}
