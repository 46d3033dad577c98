with tickets as (
    select * from {{ ref('int_ticket_sla') }}
)

select
    priority,
    week_start,
    count(*) as tickets,
    count(*) filter (where sla_state = 'met') as met,
    count(*) filter (where sla_state = 'breached') as breached,
    count(*) filter (where sla_state = 'pending') as pending,
    -- Of those that are decided: what is still in time is neither kept nor broken.
    {{ rate("count(*) filter (where sla_state = 'met')", "count(*) filter (where sla_state in ('met', 'breached'))") }} as compliance_rate
from tickets
group by all
