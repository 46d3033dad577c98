with raw as (
    {{ read_input('kb_searches_raw', ['searched_at', 'query', 'clicked_article_id', 'ticket_id']) }}
)

select
    {{ utc_timestamp('searched_at') }} as searched_at,
    query,
    clicked_article_id,
    ticket_id
from raw
