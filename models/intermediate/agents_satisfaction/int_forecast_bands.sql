-- The 80 % interval of each method: where the middle 80 % of its scaled errors lay. `left_out` is the origin whose errors are
-- not looked at, so that the interval can be judged on days that it has not seen; NULL is the interval of all.
with errors as (
    select * from {{ ref('int_forecast_backtest') }}
),

origins as (
    select distinct origin_day as left_out from errors
    union all
    select null as left_out
)

select
    errors.method,
    origins.left_out,
    quantile_cont(errors.scaled_error, 0.1) as low_error,
    quantile_cont(errors.scaled_error, 0.9) as high_error
from errors
inner join origins on origins.left_out is null or errors.origin_day <> origins.left_out
group by all
