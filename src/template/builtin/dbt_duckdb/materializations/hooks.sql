{#- DuckDB reports a commit without a transaction as an error, so the hooks outside of one are simply run: materializations call this
    before they begin and after they have committed. -#}
{% macro duckdb__run_hooks(hooks, inside_transaction=True) -%}
    {%- for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) -%}
        {{ martlet__run_hook(hook, inside_transaction) }}
    {%- endfor -%}
{%- endmacro %}
