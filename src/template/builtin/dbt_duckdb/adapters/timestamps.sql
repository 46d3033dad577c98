{#- DuckDB's clock stands still within a transaction. Snapshots keep times without a zone. -#}

{% macro duckdb__current_timestamp() -%}
    now()
{%- endmacro %}

{% macro duckdb__snapshot_string_as_time(timestamp) -%}
    {{ return("'" ~ timestamp ~ "'::timestamp") }}
{%- endmacro %}

{% macro duckdb__snapshot_get_time() -%}
    {{ current_timestamp() }}::timestamp
{%- endmacro %}
