-- How far off each method was, on average, over the same targets; the best one is shipped.
with errors as (
    select
        *,
        count(*) over (partition by origin_day, target_day) as methods_there
    from {{ ref('int_forecast_backtest') }}
),

-- Methods are compared on targets for which all that have anything to say do.
most as (
    select max(methods_there) as methods_there
    from errors
),

measured as (
    select
        errors.method,
        count(*) as forecasts,
        count(distinct errors.origin_day) as origins,
        {{ exact_avg('abs(errors.actual - errors.forecast)') }} as mae
    from errors
    inner join most on errors.methods_there = most.methods_there
    group by all
),

naive as (
    select mae
    from measured
    where method = 'seasonal_naive'
)

select
    measured.method,
    measured.forecasts,
    measured.origins,
    measured.mae,
    {{ rate('measured.mae', 'naive.mae') }} as mase,
    row_number() over (order by measured.method = 'seasonal_naive', measured.mae, measured.method) = 1 as is_shipped
from measured
cross join naive
