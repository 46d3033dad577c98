-- Tickets of each complete day with the averages that forecasts are made of, each as it was known at the end of that day.
-- Counts are whole numbers, so that no sum depends on the order of rows.
with calendar as (
    select * from {{ ref('int_calendar') }}
),

tickets as (
    select * from {{ ref('stg_tickets') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

counted as (
    select
        created_day,
        count(*) as tickets
    from tickets
    group by all
),

-- The last day counts when no more than an hour of it is missing.
complete as (
    select
        calendar.created_day as day,
        coalesce(counted.tickets, 0) as tickets
    from calendar
    cross join context
    left join counted on calendar.created_day = counted.created_day
    where calendar.created_day < (context.as_of + interval 1 hour)::date
)

select
    day,
    isodow(day) as weekday,
    tickets,
    row_number() over (order by day) as day_no,
    -- Four weeks; the same four weeks before; twelve weeks.
    case when count(*) over four_weeks = 28 then sum(tickets) over four_weeks / 28 end as mean_28,
    case when count(*) over former_weeks = 28 then sum(tickets) over former_weeks / 28 end as mean_28_before,
    case when count(*) over twelve_weeks = 84 then sum(tickets) over twelve_weeks / 84 end as mean_84,
    -- The same weekday, eight and twelve times.
    case when count(*) over eight_same = 8 then sum(tickets) over eight_same / 8 end as weekday_mean_8,
    case when count(*) over twelve_same = 12 then sum(tickets) over twelve_same / 12 end as weekday_mean_12,
    -- Two weeks around the day, for the season of the year.
    sum(tickets) over around_day / count(*) over around_day as mean_around
from complete
window
    four_weeks as (order by day rows between 27 preceding and current row),
    former_weeks as (order by day rows between 55 preceding and 28 preceding),
    twelve_weeks as (order by day rows between 83 preceding and current row),
    eight_same as (partition by isodow(day) order by day rows between 7 preceding and current row),
    twelve_same as (partition by isodow(day) order by day rows between 11 preceding and current row),
    around_day as (order by day rows between 7 preceding and 7 following)
