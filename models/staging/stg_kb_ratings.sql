with raw as (
    {{ read_input('kb_ratings_raw', ['article_id', 'rated_at', 'helpful']) }}
)

select
    article_id,
    {{ utc_timestamp('rated_at') }} as rated_at,
    helpful::boolean as is_helpful
from raw
