{#- The configs `partitioned_by` and `sorted_by`, which only DuckLake tables have. -#}

{% macro duckdb__get_partitioned_by(relation) -%}
    {{ return(martlet__layout_columns('partitioned_by', relation)) }}
{%- endmacro %}

{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) -%}
    {%- if partitioned_by -%}
        {%- do run_query('alter table ' ~ relation ~ ' set partitioned by (' ~ partitioned_by | join(', ') ~ ')') -%}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__get_sorted_by(relation) -%}
    {{ return(martlet__layout_columns('sorted_by', relation)) }}
{%- endmacro %}

{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) -%}
    {%- if sorted_by -%}
        {%- do run_query('alter table ' ~ relation ~ ' set sorted by (' ~ sorted_by | join(', ') ~ ')') -%}
    {%- endif -%}
{%- endmacro %}

{#- A plain DuckDB table has no such layout; the config is then without effect, and said so once. -#}
{% macro martlet__layout_columns(name, relation) -%}
    {%- set configured = config.get(name) -%}
    {%- if not configured -%}
        {{ return([]) }}
    {%- endif -%}
    {%- if not adapter.is_ducklake(relation) -%}
        {%- do adapter.warn_once('the config ' ~ name ~ ' has an effect on DuckLake tables only') -%}
        {{ return([]) }}
    {%- endif -%}
    {{ return([configured] if configured is string else configured) }}
{%- endmacro %}
