with tickets as (
    select * from {{ ref('int_tickets') }}
),

calendar as (
    select * from {{ ref('int_calendar') }}
),

daily as (
    select
        created_day,
        {{ first_response_measures() }},
        count(first_response_time) as tickets_with_response
    from tickets
    group by all
),

dense as (
    select
        calendar.created_day,
        daily.frt_avg,
        daily.frt_median,
        daily.frt_p95,
        coalesce(daily.tickets_with_response, 0) as tickets_with_response
    from calendar
    left join daily on calendar.created_day = daily.created_day
)

select
    created_day,
    frt_avg,
    frt_median,
    frt_p95,
    -- The mean of the daily means, so that one crowded day does not hide six others; a day without a response has none.
    -- As a list the days are added up in order, hence always to the same last digit.
    list_avg(list(frt_avg) over (order by created_day rows between 6 preceding and current row)) as frt_avg_7d,
    tickets_with_response
from dense
