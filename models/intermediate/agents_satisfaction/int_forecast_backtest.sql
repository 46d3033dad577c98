-- What each method would have said at earlier days (rolling origins, two weeks apart), beside what came.
with days as (
    select * from {{ ref('int_daily_tickets') }}
),

span as (
    select
        min(day) as first_day,
        max(day) as last_day
    from days
),

origins as (
    select
        last_day - (14 * step)::integer as origin_day,
        last_day
    from span
    cross join (select unnest(range(1, {{ var('forecast_origins') }} + 1)) as step)
    -- The methods look back at most twelve weeks and want some before.
    where last_day - (14 * step)::integer >= first_day + 90
),

pairs as (
    select
        origin_day,
        origin_day + horizon::integer as target_day
    from origins
    cross join (select unnest(range(1, 29)) as horizon)
    where origin_day + horizon::integer <= last_day
),

said as (
    {{ forecasts('pairs') }}
)

select
    said.origin_day,
    said.target_day,
    said.horizon,
    said.method,
    said.forecast,
    days.tickets as actual,
    -- Errors grow about with the root of the level; so they can be compared.
    (days.tickets - said.forecast) / sqrt(greatest(said.forecast, 1)) as scaled_error
from said
inner join days on said.target_day = days.day
where said.forecast is not null
