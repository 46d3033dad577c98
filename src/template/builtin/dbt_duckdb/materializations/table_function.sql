{#- A query with parameters, as a table macro of DuckDB: other models select from it as from a function. -#}
{% materialization table_function, adapter='duckdb' %}

    {%- set target_relation = this.incorporate(type='function') -%}
    {%- set parameters = config.get('parameters') or [] -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- call statement('main') -%}
        create or replace function {{ target_relation.render() }}({{ parameters if parameters is string else parameters | join(', ') }}) as table (
            {{ sql }}
        );
    {%- endcall -%}

    {%- do persist_docs(target_relation, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}
