with articles as (
    select * from {{ ref('stg_kb_articles') }}
),

votes as (
    select
        article_id,
        count(*) as ratings,
        count(*) filter (where is_helpful) as helpful
    from {{ ref('stg_kb_ratings') }}
    group by all
),

clicks as (
    select
        clicked_article_id as article_id,
        count(*) as searches_clicked,
        count(ticket_id) as tickets_after_click
    from {{ ref('int_kb_queries') }}
    where clicked_article_id is not null
    group by all
),

context as (
    select * from {{ ref('int_run_context') }}
)

select
    articles.article_id,
    articles.title,
    articles.category,
    articles.views,
    coalesce(votes.ratings, 0) as ratings,
    {{ rate('votes.helpful', 'votes.ratings') }} as helpful_rate,
    coalesce(clicks.searches_clicked, 0) as searches_clicked,
    coalesce(clicks.tickets_after_click, 0) as tickets_after_click,
    -- Days since anybody touched it; what was changed after `as_of` is fresh.
    greatest(0, date_diff('day', coalesce(articles.updated_at, articles.published_at)::date, context.as_of::date)) as stale_days
from articles
cross join context
left join votes on articles.article_id = votes.article_id
left join clicks on articles.article_id = clicks.article_id
