{#- A data test: counts what its query returns, and says by the configured conditions whether that is a warning or an error.
    With `store_failures` the rows stay in the database, and the count is taken from there. -#}
{% materialization test, default %}

    {%- set relations = [] -%}
    {%- set limit = config.get('limit') -%}
    {%- set main_sql = sql -%}
    {%- if should_store_failures() -%}
        {%- set target_relation = martlet__store_failures(get_limit_subquery_sql(sql, limit) if limit is not none else sql) -%}
        {%- do relations.append(target_relation) -%}
        {%- set main_sql = 'select * from ' ~ target_relation.render() -%}
        {%- set limit = none -%}
    {%- endif -%}

    {#- A single query needs no transaction. -#}
    {%- call statement('main', fetch_result=True, auto_begin=False) -%}
        {{ get_test_sql(main_sql, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit) }}
    {%- endcall -%}

    {{ return({'relations': relations}) }}

{% endmaterialization %}

{#- Writes the failing rows as the config `store_failures_as` says and gives back where. -#}
{% macro martlet__store_failures(failures_sql) -%}
    {%- set identifier = model['alias'] -%}
    {%- set kind = config.get('store_failures_as') or 'table' -%}
    {%- if kind not in ['table', 'view'] -%}
        {{ exceptions.raise_compiler_error(
            "'" ~ kind ~ "' is not a valid value for `store_failures_as`; it is one of: 'ephemeral', 'table', 'view'"
        ) }}
    {%- endif -%}
    {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=identifier) -%}
    {%- set target_relation = api.Relation.create(database=database, schema=schema, identifier=identifier, type=kind) -%}
    {{ martlet__build_relation(existing, target_relation, failures_sql, statement_name='store_failures') }}
    {%- do adapter.commit() -%}
    {{ return(target_relation) }}
{%- endmacro %}
