{#- Hooks before and after a node, inside its transaction or outside of it. -#}

{#- Runs the hooks of one kind. A hook outside the transaction first ends whatever transaction is open. -#}
{% macro run_hooks(hooks, inside_transaction=True) -%}
    {{ return(adapter.dispatch('run_hooks', 'dbt')(hooks, inside_transaction)) }}
{%- endmacro %}

{% macro default__run_hooks(hooks, inside_transaction=True) -%}
    {%- for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) -%}
        {%- if not inside_transaction and loop.first -%}
            {%- call statement(auto_begin=inside_transaction) -%}
                commit
            {%- endcall -%}
        {%- endif -%}
        {{ martlet__run_hook(hook, inside_transaction) }}
    {%- endfor -%}
{%- endmacro %}

{#- A hook is rendered only now, so that it sees what the node has done; one that renders to nothing is skipped. -#}
{% macro martlet__run_hook(hook, inside_transaction) -%}
    {%- set rendered = render(hook.get('sql')) | trim -%}
    {%- if rendered | length > 0 -%}
        {%- call statement(auto_begin=inside_transaction) -%}
            {{ rendered }}
        {%- endcall -%}
    {%- endif -%}
{%- endmacro %}

{% macro make_hook_config(sql, inside_transaction) -%}
    {{ tojson({'sql': sql, 'transaction': inside_transaction}) }}
{%- endmacro %}

{% macro before_begin(sql) -%}
    {{ make_hook_config(sql, inside_transaction=False) }}
{%- endmacro %}

{% macro in_transaction(sql) -%}
    {{ make_hook_config(sql, inside_transaction=True) }}
{%- endmacro %}

{% macro after_commit(sql) -%}
    {{ make_hook_config(sql, inside_transaction=False) }}
{%- endmacro %}
