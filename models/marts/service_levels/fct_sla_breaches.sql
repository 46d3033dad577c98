with tickets as (
    select * from {{ ref('int_ticket_sla') }}
    where sla_state = 'breached'
)

select
    row_number() over (order by created_at desc, ticket_id) as breach_no,
    ticket_id,
    priority,
    created_at,
    deadline_at,
    first_response_at,
    -- Of a ticket nobody has answered, up to `as_of`.
    {{ minutes_between('deadline_at', 'coalesce(first_response_at, as_of)') }} as breach_minutes,
    is_open
from tickets
order by breach_no
