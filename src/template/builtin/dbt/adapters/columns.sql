{#- Columns of relations and of queries, and changes to them. -#}

{% macro get_columns_in_relation(relation) -%}
    {{ return(adapter.dispatch('get_columns_in_relation', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_columns_in_relation(relation) -%}
    {{ exceptions.raise_not_implemented('get_columns_in_relation is not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{#- Takes rows of (name, type, character length, numeric precision, numeric scale). -#}
{% macro sql_convert_columns_in_relation(table) -%}
    {%- set columns = [] -%}
    {%- for row in table -%}
        {%- do columns.append(api.Column(*row)) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}

{% macro get_list_of_column_names(columns) -%}
    {%- set names = [] -%}
    {%- for column in columns -%}
        {%- do names.append(column.name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{% macro get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
    {{ return(adapter.dispatch('get_empty_subquery_sql', 'dbt')(select_sql, select_sql_header)) }}
{%- endmacro %}

{#- The query with its columns and none of its rows. The line breaks keep a trailing comment from swallowing the bracket. -#}
{% macro default__get_empty_subquery_sql(select_sql, select_sql_header=none) -%}
    {%- if select_sql_header is not none -%}
        {{ select_sql_header }}
    {% endif -%}
    select * from (
        {{ select_sql }}
    ) as __dbt_sbq
    where false
    limit 0
{%- endmacro %}

{% macro get_empty_schema_sql(columns) -%}
    {{ return(adapter.dispatch('get_empty_schema_sql', 'dbt')(columns)) }}
{%- endmacro %}

{#- A query without rows whose columns have the names and types of the properties file. -#}
{% macro default__get_empty_schema_sql(columns) -%}
    {%- set untyped = [] -%}
    {%- for name in columns -%}
        {%- if columns[name]['data_type'] is not defined or columns[name]['data_type'] is none -%}
            {%- do untyped.append(columns[name]['name']) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if untyped -%}
        {{ exceptions.column_type_missing(column_names=untyped) }}
    {%- endif -%}
    select
    {%- for name in columns %}
        {%- set column = columns[name] %}
        {{ cast('null', column['data_type']) }} as {{ adapter.quote(column['name']) if column['quote'] else column['name'] }}
        {%- if not loop.last %},{% endif %}
    {%- endfor %}
{%- endmacro %}

{#- Names and types of a query's columns, without running it. -#}
{% macro get_column_schema_from_query(select_sql, select_sql_header=none) -%}
    {{ return(adapter.get_column_schema_from_query(get_empty_subquery_sql(select_sql, select_sql_header))) }}
{%- endmacro %}

{% macro get_columns_in_query(select_sql) -%}
    {{ return(adapter.dispatch('get_columns_in_query', 'dbt')(select_sql)) }}
{%- endmacro %}

{% macro default__get_columns_in_query(select_sql) -%}
    {%- call statement('get_columns_in_query', fetch_result=True, auto_begin=False) -%}
        {{ get_empty_subquery_sql(select_sql) }}
    {%- endcall -%}
    {{ return(load_result('get_columns_in_query').table.columns | map(attribute='name') | list) }}
{%- endmacro %}

{% macro alter_column_type(relation, column_name, new_column_type) -%}
    {{ return(adapter.dispatch('alter_column_type', 'dbt')(relation, column_name, new_column_type)) }}
{%- endmacro %}

{#- By way of a second column: the way that every database knows. -#}
{% macro default__alter_column_type(relation, column_name, new_column_type) -%}
    {%- set old = adapter.quote(column_name) -%}
    {%- set new = adapter.quote(column_name ~ '__dbt_alter') -%}
    {%- call statement('alter_column_type') -%}
        alter table {{ relation.render() }} add column {{ new }} {{ new_column_type }};
        update {{ relation.render() }} set {{ new }} = {{ old }};
        alter table {{ relation.render() }} drop column {{ old }} cascade;
        alter table {{ relation.render() }} rename column {{ new }} to {{ old }}
    {%- endcall -%}
{%- endmacro %}

{% macro alter_relation_add_remove_columns(relation, add_columns = none, remove_columns = none) -%}
    {{ return(adapter.dispatch('alter_relation_add_remove_columns', 'dbt')(relation, add_columns, remove_columns)) }}
{%- endmacro %}

{% macro default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
    {%- set changes = [] -%}
    {%- for column in add_columns or [] -%}
        {%- do changes.append('add column ' ~ column.quoted ~ ' ' ~ column.data_type) -%}
    {%- endfor -%}
    {%- for column in remove_columns or [] -%}
        {%- do changes.append('drop column ' ~ column.quoted) -%}
    {%- endfor -%}
    {%- if changes -%}
        {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation.render() ~ ' ' ~ changes | join(', ')) -%}
    {%- endif -%}
{%- endmacro %}
