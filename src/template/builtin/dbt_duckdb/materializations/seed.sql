{#- How many rows go at a time and what stands for a value, for projects that load rows themselves. -#}

{% macro duckdb__get_binding_char() -%}
    {{ return(adapter.get_binding_char()) }}
{%- endmacro %}

{% macro duckdb__get_batch_size() -%}
    {{ return(10000) }}
{%- endmacro %}

{% macro duckdb__load_csv_rows(model, agate_table) -%}
    {{ return(default__load_csv_rows(model, agate_table)) }}
{%- endmacro %}
