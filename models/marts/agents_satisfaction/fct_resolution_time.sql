with tickets as (
    select * from {{ ref('int_tickets') }}
),

priorities as (
    select * from {{ ref('int_ticket_priority') }}
)

select
    tickets.category_effective as category,
    priorities.priority,
    count(*) as tickets,
    count(*) filter (where tickets.is_resolved) as resolved,
    {{ exact_avg('tickets.resolution_minutes / 60') }} as resolution_hours_avg,
    quantile_cont(tickets.resolution_minutes / 60, 0.5) as resolution_hours_median,
    quantile_cont(tickets.resolution_minutes / 60, 0.95) as resolution_hours_p95
from tickets
inner join priorities on tickets.ticket_id = priorities.ticket_id
group by all
