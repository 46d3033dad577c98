with tickets as (
    select * from {{ ref('int_tickets') }}
),

calendar as (
    select distinct week_start from {{ ref('int_calendar') }}
),

weekly as (
    select
        week_start,
        {{ ticket_measures() }}
    from tickets
    group by all
)

select
    calendar.week_start,
    coalesce(weekly.tickets, 0) as tickets,
    coalesce(weekly.resolved, 0) as resolved,
    coalesce(weekly.closed_without_solution, 0) as closed_without_solution
from calendar
left join weekly on calendar.week_start = weekly.week_start
