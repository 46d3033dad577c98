with tickets as (
    select * from {{ ref('int_ticket_sla') }}
)

select
    ticket_id,
    priority,
    created_at,
    deadline_at,
    {{ minutes_between('as_of', 'deadline_at') }} as minutes_left
from tickets
where
    is_open
    and first_response_at is null
    and sla_state = 'pending'
    and deadline_at <= as_of + to_microseconds(({{ var('sla_at_risk_share') }} * first_response_hours * 3600e6)::bigint)
