{#- Tables from queries. `create_table_as` is the one that projects override. -#}

{% macro get_create_table_as_sql(temporary, relation, sql) -%}
    {{ return(adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql)) }}
{%- endmacro %}

{% macro default__get_create_table_as_sql(temporary, relation, sql) -%}
    {{ return(create_table_as(temporary, relation, sql)) }}
{%- endmacro %}

{#- A language is passed on only when it is not SQL: overrides of the three-argument form are common. -#}
{% macro create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {%- if language == 'sql' -%}
        {{ return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code)) }}
    {%- endif -%}
    {{ return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code, language)) }}
{%- endmacro %}

{% macro default__create_table_as(temporary, relation, sql) -%}
    {%- set contract = config.get('contract') -%}
    {%- set enforced = contract and contract.enforced and not temporary -%}
    {%- set sql_header = config.get('sql_header', none) -%}
    {%- if sql_header is not none -%}
        {{ sql_header }}
    {% endif -%}
    create {{ 'temporary ' if temporary }}table {{ relation.include(database=not temporary, schema=not temporary) }}
    {%- if enforced %}
        {{ get_assert_columns_equivalent(sql) }}
        {{ get_table_columns_and_constraints() }}
        {%- set sql = get_select_subquery(sql) %}
    {%- endif %}
    as (
        {{ sql }}
    );
{%- endmacro %}

{#- The names of a contract's columns, for the list of a `select` or an `insert`. -#}
{% macro default__get_column_names() -%}
    {%- set names = [] -%}
    {%- for key in model['columns'] -%}
        {%- set column = model['columns'][key] -%}
        {%- do names.append(adapter.quote(column['name']) if column.get('quote') else column['name']) -%}
    {%- endfor -%}
    {{ return(names | join(', ')) }}
{%- endmacro %}

{#- The query with its columns in the order of the contract. -#}
{% macro get_select_subquery(sql) -%}
    {{ return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) }}
{%- endmacro %}

{% macro default__get_select_subquery(sql) -%}
    select {{ adapter.dispatch('get_column_names', 'dbt')() }}
    from (
        {{ sql }}
    ) as model_subq
{%- endmacro %}
