with tickets as (
    select * from {{ ref('int_tickets') }}
),

calendar as (
    select * from {{ ref('int_calendar') }}
),

daily as (
    select
        created_day,
        {{ ticket_measures() }}
    from tickets
    group by all
),

dense as (
    select
        calendar.created_day,
        coalesce(daily.tickets, 0) as tickets,
        coalesce(daily.resolved, 0) as resolved,
        coalesce(daily.closed_without_solution, 0) as closed_without_solution
    from calendar
    left join daily on calendar.created_day = daily.created_day
)

select
    created_day,
    tickets,
    -- In the first six days the average is over the days there are.
    avg(tickets) over (order by created_day rows between 6 preceding and current row) as tickets_7d_avg,
    resolved,
    closed_without_solution
from dense
