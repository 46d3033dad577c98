with tickets as (
    select * from {{ ref('int_tickets') }}
),

calendar as (
    select distinct week_start from {{ ref('int_calendar') }}
),

weekly as (
    select
        week_start,
        {{ first_response_measures() }},
        count(first_response_time) as tickets_with_response
    from tickets
    group by all
)

select
    calendar.week_start,
    weekly.frt_avg,
    weekly.frt_median,
    weekly.frt_p95,
    coalesce(weekly.tickets_with_response, 0) as tickets_with_response
from calendar
left join weekly on calendar.week_start = weekly.week_start
