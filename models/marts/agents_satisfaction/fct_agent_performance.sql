with agents as (
    select * from {{ ref('stg_agents') }}
),

activity as (
    select * from {{ ref('int_ticket_activity') }}
    where agent_id is not null
),

tickets as (
    select * from {{ ref('int_tickets') }}
),

service as (
    select * from {{ ref('int_ticket_sla') }}
),

ratings as (
    select * from {{ ref('stg_satisfaction') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

-- Who is in the log but not in the list has worked all the same.
everybody as (
    select agent_id from agents
    union
    select agent_id from activity
),

worked as (
    select
        activity.agent_id,
        count(*) as tickets,
        count(*) filter (where tickets.is_resolved) as resolved,
        quantile_cont(tickets.first_response_time, 0.5) as frt_median,
        quantile_cont(tickets.resolution_minutes / 60, 0.5) as resolution_hours_median,
        {{ exact_avg('ratings.rating') }} as csat_avg,
        {{ rate('count(*) filter (where activity.is_reopened)', 'count(*) filter (where tickets.is_resolved or activity.is_reopened)') }} as reopen_rate,
        {{ rate("count(*) filter (where service.sla_state = 'met')", "count(*) filter (where service.sla_state in ('met', 'breached'))") }} as sla_compliance_rate
    from activity
    inner join tickets on activity.ticket_id = tickets.ticket_id
    inner join service on activity.ticket_id = service.ticket_id
    left join ratings on activity.ticket_id = ratings.ticket_id
    group by all
)

select
    everybody.agent_id,
    coalesce(worked.tickets, 0) as tickets,
    coalesce(worked.resolved, 0) as resolved,
    worked.frt_median,
    worked.resolution_hours_median,
    worked.csat_avg,
    worked.reopen_rate,
    worked.sla_compliance_rate,
    -- Whole months from the day of hiring to `as_of`.
    date_sub('month', agents.hired_on, context.as_of::date) as experience_months
from everybody
cross join context
left join agents on everybody.agent_id = agents.agent_id
left join worked on everybody.agent_id = worked.agent_id
