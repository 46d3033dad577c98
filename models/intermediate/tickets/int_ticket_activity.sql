-- What happened to each ticket, from its events: who worked on it, how often people wrote, whether it came back. Without an
-- event log all counts are NULL: nobody can know them.
with tickets as (
    select * from {{ ref('stg_tickets') }}
),

events as (
    select * from {{ ref('stg_ticket_events') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

counted as (
    select
        ticket_id,
        -- Who resolved it last; else who answered last; else who got it last.
        coalesce(
            arg_max(agent_id, (event_at, event_id)) filter (where event_type = 'resolved' and agent_id is not null),
            arg_max(agent_id, (event_at, event_id)) filter (where event_type = 'agent_reply' and agent_id is not null),
            arg_max(agent_id, (event_at, event_id)) filter (where agent_id is not null)
        ) as agent_id,
        count(*) filter (where event_type = 'agent_reply') as agent_replies,
        count(*) filter (where event_type = 'customer_reply') as customer_replies,
        count(distinct agent_id) as distinct_agents,
        count(*) filter (where event_type = 'escalated') as escalations,
        count(*) filter (where event_type = 'reopened') as reopenings,
        min(event_at) filter (where event_type = 'agent_reply') as first_reply_at,
        min(event_at) filter (where event_type = 'reopened') as first_reopened_at
    from events
    group by all
)

select
    tickets.ticket_id,
    counted.agent_id,
    case when context.has_events then coalesce(counted.agent_replies, 0) end as agent_replies,
    case when context.has_events then coalesce(counted.customer_replies, 0) end as customer_replies,
    case when context.has_events then coalesce(counted.agent_replies + counted.customer_replies, 0) end as interaction_count,
    case when context.has_events then coalesce(counted.distinct_agents, 0) end as distinct_agents,
    case when context.has_events then coalesce(counted.escalations, 0) end as escalations,
    case when context.has_events then coalesce(counted.reopenings, 0) end as reopenings,
    case when context.has_events then coalesce(counted.reopenings, 0) > 0 end as is_reopened,
    counted.first_reopened_at,
    -- What the ticket system measured, or else what the log shows.
    coalesce(
        tickets.created_at + to_microseconds(round(tickets.first_response_time * 60e6)::bigint),
        counted.first_reply_at
    ) as first_response_at
from tickets
cross join context
left join counted on tickets.ticket_id = counted.ticket_id
