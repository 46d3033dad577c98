with methods as (
    select * from {{ ref('int_forecast_methods') }}
),

errors as (
    select * from {{ ref('int_forecast_backtest') }}
),

bands as (
    select * from {{ ref('int_forecast_bands') }}
),

-- Each origin is judged by an interval made of the others.
covered as (
    select
        errors.method,
        count(*) filter (where errors.scaled_error between bands.low_error and bands.high_error) as inside,
        count(*) as judged
    from errors
    inner join bands on errors.method = bands.method and errors.origin_day = bands.left_out
    group by all
)

select
    methods.method,
    28::bigint as horizon_days,
    methods.mae,
    methods.mase,
    {{ rate('covered.inside', 'covered.judged') }} as coverage_80,
    methods.origins,
    methods.forecasts,
    methods.is_shipped
from methods
left join covered on methods.method = covered.method
