{#- Tables from queries. -#}

{#- `or replace` makes the exchange of a table one statement. A contract needs two, because DuckDB takes no columns beside `as`: the
    table with its constraints, then its rows. The line breaks keep a trailing comment of the query from swallowing the bracket. -#}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- set contract = config.get('contract') -%}
    {%- set sql_header = config.get('sql_header', none) -%}
    {%- set name = relation.include(database=not temporary, schema=not temporary) -%}
    {#- The rows of a later run, which go through a temporary table, must keep the contract too. -#}
    {%- if contract and contract.enforced -%}
        {{ get_assert_columns_equivalent(compiled_code) }}
    {%- endif -%}
    {%- if sql_header is not none -%}
        {{ sql_header }}
    {% endif -%}
    {%- if contract and contract.enforced and not temporary -%}
    create table {{ name }}
    {{ get_table_columns_and_constraints() }};
    insert into {{ name }} {{ get_column_names() }}
    (
        {{ get_select_subquery(compiled_code) }}
    );
    {%- else -%}
    create or replace {{ 'temporary ' if temporary }}table {{ name }} as (
{{ compiled_code }}
    );
    {%- endif -%}
{%- endmacro %}

{#- The names of a contract's columns as the list of an `insert`. -#}
{% macro get_column_names() -%}
    ({{ default__get_column_names() }})
{%- endmacro %}

{#- What a Python model returned is a query by then, as for any other model. -#}
{% macro py_write_table(temporary, relation, compiled_code) -%}
    {{ duckdb__create_table_as(temporary, relation, compiled_code) }}
{%- endmacro %}
