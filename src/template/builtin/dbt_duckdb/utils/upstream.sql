{#- For `on-run-start` of databases in memory: makes the views over the files that earlier runs wrote, where selected nodes read them. -#}
{% macro register_upstream_external_models() -%}
    {%- if execute -%}
        {%- set upstream = {} -%}
        {%- for id in selected_resources if id in graph['nodes'] -%}
            {%- for parent in graph['nodes'][id]['depends_on']['nodes'] if parent in graph['nodes'] and parent not in selected_resources -%}
                {%- if graph['nodes'][parent]['config'].get('materialized') == 'external' -%}
                    {%- do upstream.update({parent: graph['nodes'][parent]}) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for node in upstream.values() -%}
            {{ martlet__register_external(node) }}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

{% macro martlet__register_external(node) -%}
    {%- set relation = api.Relation.create(
        database=node['database'], schema=node['schema'], identifier=node['alias'], type='view'
    ) -%}
    {%- set options = render_write_options(node['config']) -%}
    {%- set location = render(node['config'].get('location') or external_location(relation, node['config'])) -%}
    {%- set format = martlet__external_format(location, options) -%}
    {%- do create_schema(relation) -%}
    {%- call statement('register_external') -%}
        create or replace view {{ relation }} as (
            select * from read_{{ format }}('{{ escape_single_quotes(adapter.external_read_location(location, options)) }}')
        )
    {%- endcall -%}
    {%- do adapter.commit() -%}
{%- endmacro %}
