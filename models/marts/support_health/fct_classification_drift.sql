with tickets as (
    select * from {{ ref('int_tickets') }}
),

calendar as (
    select distinct week_start from {{ ref('int_calendar') }}
),

weekly as (
    select
        week_start,
        count(*) as tagged,
        count(*) filter (where tag = ai_category) as agree
    from tickets
    where tag is not null
    group by all
)

select
    calendar.week_start,
    coalesce(weekly.tagged, 0) as tagged,
    coalesce(weekly.agree, 0) as agree,
    {{ rate('weekly.agree', 'weekly.tagged') }} as accuracy
from calendar
left join weekly on calendar.week_start = weekly.week_start
