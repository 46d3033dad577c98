{#- A file, and a view of the model's name that reads it. The query runs once, into a temporary table, which is written to the file;
    the view is exchanged in one transaction. -#}
{% materialization external, adapter='duckdb', supported_languages=['sql', 'python'] %}

    {%- set location = render(config.get('location', default=external_location(this, config))) -%}
    {%- set options = render_write_options(config) -%}
    {%- set format = martlet__external_format(location, options) -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set grant_config = config.get('grants') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set contract = config.get('contract') -%}
    {%- if contract and contract.enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
    {%- endif -%}
    {%- set rows = make_temp_relation(this.incorporate(type='table')) -%}
    {%- call statement('main') -%}
        {{ create_table_as(True, rows, sql) }}
    {%- endcall -%}
    {%- do write_to_file(rows, location, adapter.external_write_options(location, options)) -%}
    {{ martlet__build_relation(existing, target_relation, martlet__external_view_sql(rows, location, options, format), 'view') }}
    {%- do adapter.drop_relation(rows) -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(target_relation, grant_config, should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do adapter.commit() -%}
    {%- set plugin = 'glue|' ~ config.get('glue_database', 'default') if config.get('glue_register') else config.get('plugin') -%}
    {%- if plugin -%}
        {%- do store_relation(plugin, target_relation, location, format, config) -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}

{#- As configured, else by the ending of the file's name, else Parquet. -#}
{% macro martlet__external_format(location, options) -%}
    {%- set ending = location.split('.')[-1] | lower -%}
    {%- set format = options.get('format') or (ending if ending in ['csv', 'parquet', 'json'] else 'parquet') -%}
    {%- if format not in ['csv', 'parquet', 'json'] -%}
        {{ exceptions.raise_compiler_error('Invalid format: ' ~ format ~ '. Allowed formats are: csv, parquet, json') }}
    {%- endif -%}
    {{ return(format) }}
{%- endmacro %}

{#- A file without rows does not tell the types of its columns (a partitioned one is not even there), so the view over it says them
    itself, and reads nothing. -#}
{% macro martlet__external_view_sql(rows, location, options, format) -%}
    {%- set read_options = {
        'parquet': config.get('parquet_read_options', default={'union_by_name': False}),
        'csv': config.get('csv_read_options', default={'auto_detect': True}),
        'json': config.get('json_read_options', default={'auto_detect': True})
    }[format] -%}
    {%- set arguments = ["'" ~ escape_single_quotes(adapter.external_read_location(location, options)) ~ "'"] -%}
    {%- for name, value in read_options.items() -%}
        {%- do arguments.append(name ~ '=' ~ ("'" ~ value ~ "'" if value is string else value)) -%}
    {%- endfor -%}
    {%- if run_query('select 1 from ' ~ rows ~ ' limit 1').rows | length > 0 -%}
        {{ return('select * from read_' ~ format ~ '(' ~ arguments | join(', ') ~ ')') }}
    {%- endif -%}
    {%- set columns = [] -%}
    {%- for column in adapter.get_columns_in_relation(rows) -%}
        {%- do columns.append('cast(null as ' ~ column.data_type ~ ') as ' ~ adapter.quote(column.name)) -%}
    {%- endfor -%}
    {{ return('select ' ~ columns | join(', ') ~ ' where false') }}
{%- endmacro %}
