with days as (
    select * from {{ ref('int_daily_tickets') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

shipped as (
    select * from {{ ref('int_forecast_methods') }}
    where is_shipped
),

bands as (
    select * from {{ ref('int_forecast_bands') }}
    where left_out is null
),

recent as (
    select
        max(day) as last_day,
        sum(tickets) filter (where day_no > newest - 28) / nullif(count(*) filter (where day_no > newest - 28), 0) as mean_28
    from (select *, max(day_no) over () as newest from days)
),

pairs as (
    select
        recent.last_day as origin_day,
        context.as_of::date + horizon::integer as target_day
    from recent
    cross join context
    cross join (select unnest(range(1, 29)) as horizon)
),

said as (
    {{ forecasts('pairs') }}
),

best as (
    select
        said.target_day,
        said.forecast,
        said.method,
        bands.low_error,
        bands.high_error
    from said
    inner join shipped on said.method = shipped.method
    inner join bands on said.method = bands.method
    where said.forecast is not null
)

select
    pairs.target_day as forecast_day,
    -- With too little history to compare methods, the mean of what there is, and the interval of a Poisson count.
    coalesce(best.forecast, recent.mean_28) as forecast,
    greatest(0, coalesce(
        best.forecast + best.low_error * sqrt(greatest(best.forecast, 1)),
        recent.mean_28 - 1.2815515655446004 * sqrt(recent.mean_28)
    )) as lower_80,
    coalesce(
        best.forecast + best.high_error * sqrt(greatest(best.forecast, 1)),
        recent.mean_28 + 1.2815515655446004 * sqrt(recent.mean_28)
    ) as upper_80,
    coalesce(best.method, 'mean_of_what_there_is') as method
from pairs
cross join recent
left join best on pairs.target_day = best.target_day
where recent.mean_28 is not null
