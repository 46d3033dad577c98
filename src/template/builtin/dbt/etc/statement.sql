{#- The only ways by which macros run SQL. -#}

{#- Runs the text of its call block and keeps the outcome under `name` for `load_result`. The statement `main` is the one that
    a materialization reports, and its text is written to the run folder. -#}
{%- macro statement(name=None, fetch_result=False, auto_begin=True, language='sql') -%}
    {%- if execute -%}
        {%- set code = caller() -%}
        {%- if name == 'main' -%}
            {{ write(code) }}
        {%- endif -%}
        {%- if language == 'sql' -%}
            {%- set response, table = adapter.execute(code, auto_begin=auto_begin, fetch=fetch_result) -%}
        {%- elif language == 'python' -%}
            {%- set response = submit_python_job(model, code) -%}
            {%- set table = none -%}
        {%- else -%}
            {{ exceptions.raise_compiler_error("statement() knows no language '" ~ language ~ "'") }}
        {%- endif -%}
        {%- if name is not none -%}
            {{ store_result(name, response=response, agate_table=table) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- Keeps an outcome for text that was already run by other means. -#}
{%- macro noop_statement(name=None, message=None, code=None, rows_affected=None, res=None) -%}
    {%- set text = caller() -%}
    {%- if name == 'main' -%}
        {{ write(text) }}
    {%- endif -%}
    {%- if name is not none -%}
        {{ store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) }}
    {%- endif -%}
{%- endmacro %}

{#- The rows of a query; none while the project is being read. Never opens a transaction. -#}
{%- macro run_query(sql) -%}
    {%- if not execute -%}
        {{ return(none) }}
    {%- endif -%}
    {%- call statement('run_query_statement', fetch_result=true, auto_begin=false) -%}
        {{ sql }}
    {%- endcall -%}
    {{ return(load_result('run_query_statement').table) }}
{%- endmacro %}
