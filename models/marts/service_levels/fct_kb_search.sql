with queries as (
    select * from {{ ref('int_kb_queries') }}
)

select
    query_normalized,
    count(*) as searches,
    {{ rate('count(clicked_article_id)', 'count(*)') }} as click_rate,
    {{ rate('count(ticket_id)', 'count(*)') }} as ticket_rate,
    count(clicked_article_id) = 0 as zero_click
from queries
group by all
