with raw as (
    {{ read_input('satisfaction_raw', ['ticket_id', 'rating', 'rated_at', 'comment']) }}
)

select
    ticket_id,
    -- Not as a whole number: half a point would be rounded, and no test would see it.
    rating::double as rating,
    {{ utc_timestamp('rated_at') }} as rated_at,
    comment
from raw
