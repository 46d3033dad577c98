{#- A value as 32 hexadecimal digits. -#}
{% macro hash(field) -%}
    {{ return(adapter.dispatch('hash', 'dbt')(field)) }}
{%- endmacro %}

{% macro default__hash(field) -%}
    md5({{ cast(field, type_string()) }})
{%- endmacro %}
