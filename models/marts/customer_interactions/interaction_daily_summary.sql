with interactions as (
    select * from {{ ref('customer_interactions') }}
    where started_at is not null
)

select
    started_at::date as day,
    source,
    count(*) as interactions,
    count(*) filter (where status = 'open') as open,
    count(*) filter (where status = 'resolved') as resolved,
    {{ rate("count(*) filter (where status = 'resolved')", 'count(*)') }} as resolution_rate
from interactions
group by all
