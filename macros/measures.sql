{#- Measures that several marts share, so that a day, a week and a channel can never disagree about what they mean. -#}


{#- A mean that does not depend on the order of the rows. Adding doubles in parallel gives other last digits from run to run;
    adding decimals is exact, so the exported bytes stay the same. -#}
{% macro exact_avg(column) -%}
    avg({{ column }}::decimal(36, 12))
{%- endmacro %}


{#- A fraction 0..1, NULL when there is nothing to divide by. -#}
{% macro rate(part, whole) -%}
    {{ part }} / nullif({{ whole }}, 0)
{%- endmacro %}


{#- Mean, median and 95th percentile of the minutes to the first response. -#}
{% macro first_response_measures() -%}
    {{ exact_avg('first_response_time') }} as frt_avg,
    quantile_cont(first_response_time, 0.5) as frt_median,
    quantile_cont(first_response_time, 0.95) as frt_p95
{%- endmacro %}


{#- Outcomes of a group of tickets. -#}
{% macro ticket_measures() -%}
    count(*) as tickets,
    count(*) filter (where is_resolved) as resolved,
    count(*) filter (where status = 'closed_without_solution') as closed_without_solution
{%- endmacro %}


{#- First-contact resolution of a group of tickets. -#}
{% macro fcr_measures() -%}
    count(*) filter (where is_resolved) as resolved,
    count(*) filter (where is_fcr_strict) as fcr_strict,
    count(*) filter (where is_fcr_lenient) as fcr_lenient,
    count(*) filter (where is_first_contact) as fcr_first_contact
{%- endmacro %}


{#- The columns of a first-contact mart: `fcr_measures` joined to a calendar. A period without tickets has counts of 0;
    without events nobody can know the first contact, so its columns are NULL, not 0. -#}
{% macro fcr_columns(measures, context) -%}
    coalesce({{ measures }}.resolved, 0) as resolved,
    coalesce({{ measures }}.fcr_strict, 0) as fcr_strict,
    coalesce({{ measures }}.fcr_lenient, 0) as fcr_lenient,
    {{ rate(measures ~ '.fcr_strict', measures ~ '.resolved') }} as fcr_strict_rate,
    {{ rate(measures ~ '.fcr_lenient', measures ~ '.resolved') }} as fcr_lenient_rate,
    case when {{ context }}.has_events then coalesce({{ measures }}.fcr_first_contact, 0) end as fcr_first_contact,
    case when {{ context }}.has_events then {{ rate(measures ~ '.fcr_first_contact', measures ~ '.resolved') }} end as fcr_first_contact_rate
{%- endmacro %}


{#- What a group of ratings says: how many, their mean, and the share of content customers. -#}
{% macro satisfaction_measures() -%}
    count(*) as ratings,
    {{ exact_avg('rating') }} as csat_avg,
    {{ rate('count(*) filter (where rating >= 4)', 'count(*)') }} as satisfied_rate
{%- endmacro %}


{#- Pearson's correlation of two decimal columns, from exact sums; NULL when one of them does not vary. -#}
{% macro correlation(x, y) -%}
    (count(*) * sum({{ x }} * {{ y }})::double - sum({{ x }})::double * sum({{ y }})::double)
    / nullif(
        sqrt(
            greatest(0, count(*) * sum({{ x }} * {{ x }})::double - sum({{ x }})::double * sum({{ x }})::double)
            * greatest(0, count(*) * sum({{ y }} * {{ y }})::double - sum({{ y }})::double * sum({{ y }})::double)
        ),
        0
    )
{%- endmacro %}
