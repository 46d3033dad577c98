with tickets as (
    select * from {{ ref('int_tickets') }}
)

select
    coalesce(channel, 'unknown') as channel,
    count(*) as tickets,
    {{ first_response_measures() }},
    count(*) filter (where is_resolved) as resolved,
    {{ rate('count(*) filter (where is_resolved)', 'count(*)') }} as resolution_rate
from tickets
group by all
