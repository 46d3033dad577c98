with raw as (
    {{ read_input('ticket_ai_labels', ['ticket_id', 'ai_category', 'rationale']) }}
)

select
    ticket_id,
    lower(ai_category) as ai_category,
    {{ two_sentences('rationale') }} as rationale
from raw
