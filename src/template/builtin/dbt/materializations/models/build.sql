{#- How tables and views replace what stands under their name.

    dbt builds beside the old relation, renames both, commits, and drops the old one: five statements, and a moment in which a
    leftover of an earlier crash can be in the way. Here, the whole exchange is one transaction, and in the usual case one statement:

    - when nothing stands there, a table is created in place;
    - when a relation of the same kind stands there and the text of `create_table_as` or `create_view_as` begins with
      `create or replace`, that statement is the exchange;
    - otherwise (a view, another kind, a contract, a header, an overridden macro that says only `create`) it is built under an
      intermediate name, the old relation is dropped and the new one renamed, before anything is committed.

    In all three, other connections see the old relation until the commit and the new one after it. -#}

{#- Creates or replaces `target` by the query `sql`; `existing` is what stands there, or none. -#}
{% macro martlet__build_relation(existing, target, sql, statement_name='main') -%}
    {{ martlet__drop_leftovers(target) }}
    {%- set contract = config.get('contract') -%}
    {%- set may_replace = existing is not none and existing.type == target.type
        and not (target.is_table and contract and contract.enforced) -%}
    {%- set is_new_table = existing is none and not target.is_view -%}
    {%- set create_sql = martlet__create_sql(target, sql) if is_new_table or may_replace else '' -%}
    {%- if is_new_table or (create_sql | trim | lower).startswith('create or replace ' ~ target.type) -%}
        {%- call statement(statement_name) -%}
            {{ create_sql }}
        {%- endcall -%}
    {%- else -%}
        {{ martlet__build_and_swap(existing, target, sql, statement_name) }}
    {%- endif -%}
{%- endmacro %}

{#- What a killed run of dbt left beside the relation. -#}
{% macro martlet__drop_leftovers(target) -%}
    {{ drop_relation_if_exists(load_cached_relation(make_intermediate_relation(target))) }}
    {{ drop_relation_if_exists(load_cached_relation(make_backup_relation(target, target.type))) }}
{%- endmacro %}

{#- The first statement opens the transaction; the others run in it. The old relation stays readable by its name while the new
    one is built, because a model may select from `this`. -#}
{% macro martlet__build_and_swap(existing, target, sql, statement_name) -%}
    {%- set intermediate = make_intermediate_relation(target) -%}
    {%- call statement(statement_name) -%}
        {{ martlet__create_sql(intermediate, sql) }}
    {%- endcall -%}
    {{ martlet__swap(existing, intermediate, target) }}
{%- endmacro %}

{#- Puts a finished relation in the place of the old one, inside the open transaction. -#}
{% macro martlet__swap(existing, intermediate, target) -%}
    {%- if existing is not none -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate, target) -%}
{%- endmacro %}

{% macro martlet__create_sql(relation, sql) -%}
    {%- if relation.is_view -%}
        {{ get_create_view_as_sql(relation, sql) }}
    {%- else -%}
        {{ get_create_table_as_sql(False, relation, sql) }}
    {%- endif -%}
{%- endmacro %}
