-- By the week in which a ticket was resolved: how many of these came back.
with tickets as (
    select * from {{ ref('stg_tickets') }}
),

activity as (
    select * from {{ ref('int_ticket_activity') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

-- A ticket that came back and is not solved yet has no `resolved_at`, but it was solved once.
solved as (
    select
        tickets.ticket_id,
        coalesce(tickets.resolved_at, activity.first_reopened_at) as resolved_at,
        coalesce(activity.is_reopened, false) as is_reopened
    from tickets
    inner join activity on tickets.ticket_id = activity.ticket_id
    where tickets.is_resolved or activity.is_reopened
)

select
    {{ week_start('solved.resolved_at') }} as week_start,
    count(*) as resolved,
    case when any_value(context.has_events) then count(*) filter (where solved.is_reopened) end as reopened,
    case when any_value(context.has_events) then {{ rate('count(*) filter (where solved.is_reopened)', 'count(*)') }} end as reopen_rate
from solved
cross join context
group by all
