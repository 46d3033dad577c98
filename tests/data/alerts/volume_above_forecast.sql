-- Alert: on how many of the last 7 days there were more tickets than the forecast of two weeks ago allowed for.
{{ config(severity='error', warn_if='> ' ~ var('alert_volume_days_warn'), error_if='> ' ~ var('alert_volume_days_error')) }}

with errors as (
    select * from {{ ref('int_forecast_backtest') }}
),

shipped as (
    select * from {{ ref('int_forecast_methods') }}
    where is_shipped
),

bands as (
    select * from {{ ref('int_forecast_bands') }}
),

newest as (
    select max(origin_day) as origin_day
    from errors
)

select
    errors.target_day,
    errors.actual,
    errors.forecast
from errors
inner join newest on errors.origin_day = newest.origin_day
inner join shipped on errors.method = shipped.method
inner join bands on errors.method = bands.method and errors.origin_day = bands.left_out
where errors.horizon > 7 and errors.scaled_error > bands.high_error
