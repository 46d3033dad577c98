with tickets as (
    select * from {{ ref('int_tickets') }}
),

by_category as (
    select
        created_day,
        category_effective as category,
        count(*) as tickets
    from tickets
    group by all
)

select
    created_day,
    category,
    tickets,
    tickets / sum(tickets) over (partition by created_day) as share
from by_category
