with interactions as (
    select * from {{ ref('customer_interactions') }}
)

select
    category,
    count(*) as interactions,
    {{ rate('count(*)', 'sum(count(*)) over ()') }}::double as share,
    count(*) filter (where status = 'resolved') as resolved,
    {{ exact_avg('messages') }} as avg_messages,
    {{ rate("count(*) filter (where sentiment = 'negative')", 'count(*)') }} as negative_share
from interactions
group by category
