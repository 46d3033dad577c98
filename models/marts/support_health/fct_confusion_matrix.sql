with tickets as (
    select * from {{ ref('int_ticket_categories') }}
)

select
    tag,
    ai_category,
    count(*) as tickets
from tickets
where tag is not null
group by all
