with tickets as (
    select * from {{ ref('int_tickets') }}
),

calendar as (
    select * from {{ ref('int_calendar') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

daily as (
    select
        created_day,
        {{ fcr_measures() }}
    from tickets
    group by all
)

select
    calendar.created_day,
    {{ fcr_columns('daily', 'context') }}
from calendar
cross join context
left join daily on calendar.created_day = daily.created_day
