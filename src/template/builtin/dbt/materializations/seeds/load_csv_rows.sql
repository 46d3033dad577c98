{#- Fills a seed's table: the database reads the file itself, with the types that were agreed on, in one statement. -#}

{% macro load_csv_rows(model, agate_table) -%}
    {{ return(adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table)) }}
{%- endmacro %}

{% macro default__load_csv_rows(model, agate_table) -%}
    {%- set columns = get_seed_column_quoted_csv(model, agate_table.column_names) -%}
    {%- set rows_query = adapter.seed_rows_query(agate_table, model['config'].get('column_types') or {}) -%}
    {%- set sql = 'insert into ' ~ this.render() ~ ' (' ~ columns ~ ')\n' ~ rows_query -%}
    {%- call statement('load_csv_rows') -%}
        {{ sql }}
    {%- endcall -%}
    {{ return(sql) }}
{%- endmacro %}
