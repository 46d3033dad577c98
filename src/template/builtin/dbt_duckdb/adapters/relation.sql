{#- Dropping, renaming and naming relations. -#}

{% macro duckdb__drop_relation(relation) -%}
    {%- call statement('drop_relation', auto_begin=False) -%}
        drop {{ relation.type }} if exists {{ relation }} cascade
    {%- endcall -%}
{%- endmacro %}

{% macro duckdb__rename_relation(from_relation, to_relation) -%}
    {%- call statement('rename_relation') -%}
        alter {{ to_relation.type }} {{ from_relation }} rename to {{ adapter.quote_as_configured(to_relation.identifier, 'identifier') }}
    {%- endcall -%}
{%- endmacro %}

{#- A temporary relation belongs to its connection and has neither database nor schema; the time keeps names apart that one
    connection uses one after another. -#}
{% macro duckdb__make_temp_relation(base_relation, suffix) -%}
    {{ return(base_relation.incorporate(path={
        'identifier': base_relation.identifier ~ suffix ~ py_current_timestring(),
        'schema': none,
        'database': none
    })) }}
{%- endmacro %}

{#- Where a strategy finds its temporary rows: the connection's own temporary tables serve every kind of database. -#}
{% macro duckdb__dispatch_temporary_relation(base_relation, suffix='__dbt_tmp') -%}
    {{ return(make_temp_relation(base_relation, suffix)) }}
{%- endmacro %}
