{#- Contracts: the columns and constraints of the properties file, and the check that the query has them. -#}

{% macro get_table_columns_and_constraints() -%}
    {{ return(adapter.dispatch('get_table_columns_and_constraints', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_table_columns_and_constraints() -%}
    {{ return(table_columns_and_constraints()) }}
{%- endmacro %}

{% macro table_columns_and_constraints() -%}
    {%- set columns = adapter.render_raw_columns_constraints(raw_columns=model['columns']) -%}
    {%- set constraints = adapter.render_raw_model_constraints(raw_constraints=model['constraints']) -%}
    (
    {%- for line in columns + constraints %}
        {{ line }}{{ ',' if not loop.last }}
    {%- endfor %}
    )
{%- endmacro %}

{% macro get_assert_columns_equivalent(sql) -%}
    {{ return(adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql)) }}
{%- endmacro %}

{% macro default__get_assert_columns_equivalent(sql) -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{#- Both sides are described by the database, so that `int` and `integer` are one type. The order of columns is free. -#}
{% macro assert_columns_equivalent(sql) -%}
    {%- set declared = model['columns'] -%}
    {%- if not declared -%}
        {{ exceptions.raise_contract_error([], []) }}
    {%- endif -%}
    {%- set in_query = format_columns(get_column_schema_from_query(sql, config.get('sql_header', none))) -%}
    {%- set in_contract = format_columns(get_column_schema_from_query(get_empty_schema_sql(declared))) -%}
    {%- set same = in_query | map(attribute='formatted') | sort | list == in_contract | map(attribute='formatted') | sort | list -%}
    {%- if not same -%}
        {%- do exceptions.raise_contract_error(in_contract, in_query) -%}
    {%- endif -%}
{%- endmacro %}

{% macro format_columns(columns) -%}
    {%- set formatted = [] -%}
    {%- for column in columns -%}
        {%- do formatted.append(adapter.dispatch('format_column', 'dbt')(column)) -%}
    {%- endfor -%}
    {{ return(formatted) }}
{%- endmacro %}

{% macro default__format_column(column) -%}
    {%- set data_type = column.dtype -%}
    {{ return({
        'name': column.name,
        'data_type': data_type,
        'formatted': column.column | lower ~ ' ' ~ data_type
    }) }}
{%- endmacro %}
