with raw as (
    {{ read_input('ticket_events_raw', ['event_id', 'ticket_id', 'event_at', 'event_type', 'agent_id']) }}
)

select
    event_id,
    ticket_id,
    {{ utc_timestamp('event_at') }} as event_at,
    lower(event_type) as event_type,
    agent_id
from raw
