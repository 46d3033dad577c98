with raw as (
    {{ read_input('satisfaction_raw', ['ticket_id', 'rating', 'rated_at', 'comment']) }}
)

select
    ticket_id,
    rating::integer as rating,
    {{ utc_timestamp('rated_at') }} as rated_at,
    comment
from raw
