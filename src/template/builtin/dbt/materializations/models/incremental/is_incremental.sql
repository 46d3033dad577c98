{#- Whether this run adds to a table that is there already. False while the project is being read. -#}
{% macro is_incremental() -%}
    {%- if not execute -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set existing = load_cached_relation(this) -%}
    {{ return(
        existing is not none
        and existing.type == 'table'
        and model.config.materialized == 'incremental'
        and not should_full_refresh()
    ) }}
{%- endmacro %}
