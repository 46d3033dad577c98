{#- A table with the rows of a CSV file. Without a full refresh the table stays and its rows are exchanged, so that grants, comments
    and a changed type survive. -#}
{% materialization seed, default %}

    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set full_refresh_mode = should_full_refresh() -%}
    {%- set grant_config = config.get('grants') -%}
    {%- set agate_table = load_agate_table() -%}
    {#- A unique index that was read from the database file holds removed rows until the transaction ends: such a table is made anew. -#}
    {%- set is_new = existing is none or full_refresh_mode or config.get('indexes') -%}
    {%- do store_result('agate_table', response='OK', agate_table=agate_table) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if existing is not none and existing.is_view -%}
        {{ exceptions.raise_compiler_error("Cannot seed to '" ~ existing.render() ~ "', it is a view") }}
    {%- elif existing is not none -%}
        {%- set table_sql = reset_csv_table(model, is_new, existing, agate_table) -%}
    {%- else -%}
        {%- set table_sql = create_csv_table(model, agate_table) -%}
    {%- endif -%}

    {%- set rows_sql = load_csv_rows(model, agate_table) -%}
    {%- set code = 'CREATE' if full_refresh_mode else 'INSERT' -%}
    {%- set rows_affected = martlet__seed_row_count(agate_table) -%}
    {%- call noop_statement('main', code ~ ' ' ~ rows_affected, code, rows_affected) -%}
        {{ get_csv_sql(table_sql, rows_sql) }}
    {%- endcall -%}

    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing, full_refresh_mode)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- if is_new -%}
        {%- do create_indexes(target_relation) -%}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}

{#- As the database counted them; the rows themselves need not be in memory. -#}
{% macro martlet__seed_row_count(agate_table) -%}
    {%- set loaded = load_result('load_csv_rows') -%}
    {%- if loaded and loaded.response.rows_affected is not none and loaded.response.rows_affected is defined -%}
        {{ return(loaded.response.rows_affected) }}
    {%- endif -%}
    {{ return(agate_table.rows | length) }}
{%- endmacro %}
