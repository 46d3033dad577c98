with tickets as (
    select * from {{ ref('int_tickets') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

totals as (
    select
        {{ ticket_measures() }},
        count(*) filter (where list_contains({{ sql_text_list(var('backlog_statuses')) }}, status)) as backlog,
        {{ first_response_measures() }},
        {{ rate('count(*) filter (where is_fcr_strict)', 'count(*) filter (where is_resolved)') }} as fcr_strict_rate,
        {{ rate('count(*) filter (where is_fcr_lenient)', 'count(*) filter (where is_resolved)') }} as fcr_lenient_rate
    from tickets
)

select
    totals.tickets,
    totals.resolved,
    totals.backlog,
    totals.closed_without_solution,
    totals.frt_avg,
    totals.frt_median,
    totals.frt_p95,
    totals.fcr_strict_rate,
    totals.fcr_lenient_rate,
    context.as_of
from totals
cross join context
