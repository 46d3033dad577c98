with raw as (
    {{ read_input(
        'tickets_raw',
        [
            'ticket_id', 'created_at', 'resolved_at', 'status', 'channel', 'creator_id', 'tag', 'first_response_time',
            'message_text'
        ],
        optional=false
    ) }}
),

cast_to_types as (
    select
        ticket_id,
        {{ utc_timestamp('created_at') }} as created_at,
        {{ utc_timestamp('resolved_at') }} as resolved_at,
        lower(status) as status,
        lower(channel) as channel,
        creator_id,
        lower(tag) as tag,
        first_response_time::double as first_response_time,
        message_text
    from raw
),

with_outcome as (
    select
        *,
        -- A ticket that says it is resolved but not when cannot be measured.
        coalesce(status = 'resolved', false) and resolved_at is not null as is_resolved
    from cast_to_types
)

select
    ticket_id,
    created_at,
    created_at::date as created_day,
    {{ week_start('created_at') }} as week_start,
    resolved_at,
    status,
    is_resolved,
    case when is_resolved then {{ minutes_between('created_at', 'resolved_at') }} end as resolution_minutes,
    channel,
    creator_id,
    tag,
    first_response_time,
    message_text
from with_outcome
