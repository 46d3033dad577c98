-- Tickets of the last complete week and the one before by category and by channel: what drives the change.
with weeks as (
    select * from {{ ref('int_report_weeks') }}
),

tickets as (
    select * from {{ ref('int_tickets') }}
),

parts as (
    select
        tickets.ticket_id,
        weeks.week,
        unnest([
            {dimension: 'category', value: tickets.category_effective},
            {dimension: 'channel', value: tickets.channel}
        ], recursive := true)
    from tickets
    inner join weeks on tickets.week_start = weeks.week_start
)

select
    dimension,
    value,
    count(*) filter (where week = 'this') as tickets,
    count(*) filter (where week = 'last') as tickets_before,
    count(*) filter (where week = 'this') - count(*) filter (where week = 'last') as change
from parts
group by all
