-- What the event log says about how often a ticket was answered, and whether it came back.
with events as (
    select * from {{ ref('stg_ticket_events') }}
),

tickets as (
    select * from {{ ref('stg_tickets') }}
),

-- The moment in `tickets_raw` is a resolution too: a log may begin late or leave it out.
moments as (
    select
        ticket_id,
        event_at,
        event_type
    from events
    where event_type in ('resolved', 'reopened')
    union all
    select
        ticket_id,
        resolved_at as event_at,
        'resolved' as event_type
    from tickets
    where is_resolved
),

-- At the same moment the resolution comes first: nothing can be reopened before it was resolved.
reopenings as (
    select
        ticket_id,
        event_type,
        event_at,
        max(event_at) filter (where event_type = 'resolved') over (
            partition by ticket_id
            order by event_at, case event_type when 'resolved' then 0 else 1 end
            rows between unbounded preceding and current row
        ) as last_resolved_at
    from moments
),

returned as (
    select distinct ticket_id
    from reopenings
    where
        event_type = 'reopened'
        and event_at <= last_resolved_at + interval {{ var('first_contact_days') }} day
),

replies as (
    select
        ticket_id,
        count(*) filter (where event_type = 'agent_reply') as agent_replies
    from events
    group by all
)

select
    tickets.ticket_id,
    coalesce(replies.agent_replies, 0) as agent_replies,
    returned.ticket_id is not null as is_reopened_soon
from tickets
left join replies on tickets.ticket_id = replies.ticket_id
left join returned on tickets.ticket_id = returned.ticket_id
