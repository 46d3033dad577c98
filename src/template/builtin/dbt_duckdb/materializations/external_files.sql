{#- Files outside the database. -#}

{% macro location_exists(location) -%}
    {{ return(adapter.location_exists(location)) }}
{%- endmacro %}

{% macro write_to_file(relation, location, options) -%}
    {%- call statement('write_to_file') -%}
        copy {{ relation }} to '{{ escape_single_quotes(location) }}' ({{ options }})
    {%- endcall -%}
{%- endmacro %}

{#- Hands a finished relation to a plugin of dbt-duckdb. -#}
{% macro store_relation(plugin, relation, location, format, config) -%}
    {%- set columns = adapter.get_columns_in_relation(relation) -%}
    {%- do adapter.store_relation(plugin, relation, columns, location, format, config) -%}
{%- endmacro %}

{#- The options of DuckDB's `copy`: those of the config `options`, rendered, with format and delimiter. -#}
{% macro render_write_options(config) -%}
    {%- set configured = config.get('options', {}) or {} -%}
    {%- if configured is not mapping -%}
        {{ exceptions.raise_compiler_error('the config options must be a dictionary, not ' ~ configured) }}
    {%- endif -%}
    {%- set options = {} -%}
    {%- for name, value in configured.items() -%}
        {%- do options.update({name: render(value) if value is string else value}) -%}
    {%- endfor -%}
    {%- for name in ['format', 'delimiter'] if config.get(name) -%}
        {%- do options.update({name: render(config.get(name))}) -%}
    {%- endfor -%}
    {{ return(options) }}
{%- endmacro %}
