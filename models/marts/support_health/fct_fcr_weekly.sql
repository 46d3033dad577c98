with tickets as (
    select * from {{ ref('int_tickets') }}
),

calendar as (
    select distinct week_start from {{ ref('int_calendar') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

weekly as (
    select
        week_start,
        {{ fcr_measures() }}
    from tickets
    group by all
)

select
    calendar.week_start,
    {{ fcr_columns('weekly', 'context') }}
from calendar
cross join context
left join weekly on calendar.week_start = weekly.week_start
