with tickets as (
    select * from {{ ref('stg_tickets') }}
),

days as (
    select * from {{ ref('int_calendar') }}
),

size as (
    select count(*) as days
    from days
),

seasons as (
    select 'day_of_week' as season_type, isodow(created_day) as season, count(*) as days from days group by all
    union all
    select 'month' as season_type, month(created_day) as season, count(*) as days from days group by all
    union all
    select 'hour' as season_type, unnest(range(24)) as season, days from size
),

counted as (
    select 'day_of_week' as season_type, isodow(created_at) as season, count(*) as tickets from tickets group by all
    union all
    select 'month' as season_type, month(created_at) as season, count(*) as tickets from tickets group by all
    union all
    select 'hour' as season_type, hour(created_at) as season, count(*) as tickets from tickets group by all
),

joined as (
    select
        seasons.season_type,
        seasons.season,
        coalesce(counted.tickets, 0) / seasons.days as tickets_per_day,
        -- An hour has a 24th of the days' average.
        (select count(*) from tickets) / (select days from size) / case when seasons.season_type = 'hour' then 24 else 1 end as average
    from seasons
    left join counted on seasons.season_type = counted.season_type and seasons.season = counted.season
)

select
    season_type,
    season::bigint as season,
    tickets_per_day,
    {{ rate('tickets_per_day', 'average') }} as index
from joined
