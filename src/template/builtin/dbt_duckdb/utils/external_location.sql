{#- Where an external model without `location` is written: a file of its name, or a folder when it is partitioned. -#}
{% macro external_location(relation, config) -%}
    {%- set folder = adapter.external_root() ~ '/' ~ relation.identifier -%}
    {%- set options = config.get('options', {}) or {} -%}
    {%- if options.get('partition_by') -%}
        {{ return(folder) }}
    {%- endif -%}
    {{ return(folder ~ '.' ~ (config.get('format') or options.get('format') or 'parquet')) }}
{%- endmacro %}
