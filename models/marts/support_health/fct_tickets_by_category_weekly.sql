with tickets as (
    select * from {{ ref('int_tickets') }}
),

by_category as (
    select
        week_start,
        category_effective as category,
        count(*) as tickets
    from tickets
    group by all
)

select
    week_start,
    category,
    tickets,
    tickets / sum(tickets) over (partition by week_start) as share
from by_category
