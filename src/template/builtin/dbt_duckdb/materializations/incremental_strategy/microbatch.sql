{#- One batch of a microbatch model: what stands in its window of event time goes, the batch's rows come. -#}
{% macro duckdb__get_incremental_microbatch_sql(arg_dict) -%}
    {%- if arg_dict['unique_key'] -%}
        {{ exceptions.raise_compiler_error(
            'a microbatch model replaces whole windows of time and cannot have a unique_key; take incremental_strategy merge for keys'
        ) }}
    {%- endif -%}
    {%- set event_time = model.config.event_time -%}
    {%- set conditions = [] -%}
    {%- for predicate in normalize_incremental_predicates(arg_dict['incremental_predicates']) -%}
        {%- do conditions.append('(' ~ predicate ~ ')') -%}
    {%- endfor -%}
    {%- if model.config.__dbt_internal_microbatch_event_time_start -%}
        {%- do conditions.append(
            event_time ~ " >= '" ~ model.config.__dbt_internal_microbatch_event_time_start ~ "'"
        ) -%}
    {%- endif -%}
    {%- if model.config.__dbt_internal_microbatch_event_time_end -%}
        {%- do conditions.append(
            event_time ~ " < '" ~ model.config.__dbt_internal_microbatch_event_time_end ~ "'"
        ) -%}
    {%- endif -%}
    delete from {{ arg_dict['target_relation'] }}
    where {{ conditions | join(' and ') or 'true' }};
    {{ get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns']) }}
{%- endmacro %}
