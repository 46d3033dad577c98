{#- The steps of a seed, each to be overridden by adapters and projects. -#}

{% macro create_csv_table(model, agate_table) -%}
    {{ return(adapter.dispatch('create_csv_table', 'dbt')(model, agate_table)) }}
{%- endmacro %}

{#- Types are the config's `column_types`, else what the values of the file show. -#}
{% macro default__create_csv_table(model, agate_table) -%}
    {%- set types = model['config'].get('column_types') or {} -%}
    {%- set quote_columns = model['config'].get('quote_columns', none) -%}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- set type = types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
        {%- do columns.append(adapter.quote_seed_column(name | string, quote_columns) ~ ' ' ~ type) -%}
    {%- endfor -%}
    {%- set sql = 'create table ' ~ this.render() ~ ' (' ~ columns | join(', ') ~ ')' -%}
    {%- call statement('create_csv_table') -%}
        {{ sql }}
    {%- endcall -%}
    {{ return(sql) }}
{%- endmacro %}

{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {{ return(adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table)) }}
{%- endmacro %}

{#- Both ways inside the transaction of the seed, so that no reader finds the table missing or empty. -#}
{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {%- if full_refresh -%}
        {%- call statement('drop_relation') -%}
            {{ get_drop_sql(old_relation) }}
        {%- endcall -%}
        {%- do adapter.cache_dropped(old_relation) -%}
        {{ return(create_csv_table(model, agate_table)) }}
    {%- endif -%}
    {%- do adapter.truncate_relation(old_relation) -%}
    {{ return('truncate table ' ~ old_relation.render()) }}
{%- endmacro %}

{% macro get_csv_sql(create_or_truncate_sql, insert_sql) -%}
    {{ return(adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql)) }}
{%- endmacro %}

{#- What the run folder shows of a seed. -#}
{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) -%}
    {{ create_or_truncate_sql }};
    {{ insert_sql }}
{%- endmacro %}

{% macro get_binding_char() -%}
    {{ return(adapter.dispatch('get_binding_char', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_binding_char() -%}
    {{ return('%s') }}
{%- endmacro %}

{% macro get_batch_size() -%}
    {{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_batch_size() -%}
    {{ return(10000) }}
{%- endmacro %}

{% macro get_seed_column_quoted_csv(model, column_names) -%}
    {%- set quote_columns = model['config'].get('quote_columns', none) -%}
    {%- set quoted = [] -%}
    {%- for name in column_names -%}
        {%- do quoted.append(adapter.quote_seed_column(name | string, quote_columns)) -%}
    {%- endfor -%}
    {{ return(quoted | join(', ')) }}
{%- endmacro %}
