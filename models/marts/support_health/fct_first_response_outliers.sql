with tickets as (
    select * from {{ ref('int_tickets') }}
)

select
    ticket_id,
    created_at,
    channel,
    category_effective,
    first_response_time,
    message_text
from tickets
where first_response_time is not null
-- The id settles ties, so that the same tickets are listed every time.
order by first_response_time desc, ticket_id
limit {{ var('outlier_tickets') }}
