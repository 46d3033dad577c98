with raw as (
    {{ read_input('kb_articles_raw', ['article_id', 'title', 'category', 'published_at', 'updated_at', 'views']) }}
)

select
    article_id,
    title,
    lower(category) as category,
    {{ utc_timestamp('published_at') }} as published_at,
    {{ utc_timestamp('updated_at') }} as updated_at,
    coalesce(views::bigint, 0) as views
from raw
