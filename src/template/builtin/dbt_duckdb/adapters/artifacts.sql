{#- What `docs generate` and `source freshness` ask of the database, as plain rows. They go through the macros that users
    override: `get_catalog`, `collect_freshness`, `collect_freshness_custom_sql`. -#}

{% macro martlet__catalog_rows(database, schemas) -%}
    {%- set information_schema = api.Relation.create(database=database, schema=schemas[0]).information_schema() -%}
    {%- set table = get_catalog(information_schema, schemas) -%}
    {%- set rows = [] -%}
    {%- for row in table.rows -%}
        {%- do rows.append(row.values() | list) -%}
    {%- endfor -%}
    {{ return({'columns': table.column_names | list, 'rows': rows}) }}
{%- endmacro %}

{% macro martlet__freshness(source_name, table_name, loaded_at_field, filter) -%}
    {{ return(martlet__freshness_row('collect_freshness', collect_freshness(source(source_name, table_name), loaded_at_field, filter))) }}
{%- endmacro %}

{% macro martlet__freshness_of_query(source_name, table_name, loaded_at_query) -%}
    {%- set answer = collect_freshness_custom_sql(source(source_name, table_name), loaded_at_query) -%}
    {{ return(martlet__freshness_row('collect_freshness_custom_sql', answer)) }}
{%- endmacro %}

{#- An override may return the table alone. -#}
{% macro martlet__freshness_row(name, answer) -%}
    {%- set table = answer['table'] if answer is mapping else answer -%}
    {%- if not table or table.rows | length != 1 or table.columns | length != 2 -%}
        {{ exceptions.raise_compiler_error('Got an invalid result from "' ~ name ~ '" macro: ' ~ table) }}
    {%- endif -%}
    {%- set row = table.rows[0] -%}
    {{ return({
        'max_loaded_at': martlet__moment(row[0]),
        'snapshotted_at': martlet__moment(row[1]),
        'signature': 'new' if answer is mapping or name != 'collect_freshness' else 'old',
        'message': (answer['response'] | string) if answer is mapping else 'OK',
    }) }}
{%- endmacro %}

{#- A moment as text with its zone, a date or any other value in a list to tell it apart. -#}
{% macro martlet__moment(value) -%}
    {%- if value is none -%}
        {{ return(none) }}
    {%- elif value.tzinfo is defined -%}
        {{ return(value.isoformat()) }}
    {%- else -%}
        {{ return([value | string]) }}
    {%- endif -%}
{%- endmacro %}
