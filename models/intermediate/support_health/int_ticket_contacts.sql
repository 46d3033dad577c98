-- What the event log says about how often a ticket was answered, and whether it came back.
with events as (
    select * from {{ ref('stg_ticket_events') }}
),

tickets as (
    select * from {{ ref('stg_tickets') }}
),

-- The moment in `tickets_raw` is a resolution too: a log may begin late or leave it out.
resolutions as (
    select
        ticket_id,
        event_at as resolved_at
    from events
    where event_type = 'resolved'
    union all
    select
        ticket_id,
        resolved_at
    from tickets
    where is_resolved
),

-- At the same moment the resolution comes first: nothing can be reopened before it was resolved.
returned as (
    select distinct reopenings.ticket_id
    from events as reopenings
    inner join resolutions
        on
            reopenings.ticket_id = resolutions.ticket_id
            and resolutions.resolved_at <= reopenings.event_at
            and reopenings.event_at <= resolutions.resolved_at + interval {{ var('first_contact_days') }} day
    where reopenings.event_type = 'reopened'
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
