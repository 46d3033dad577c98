-- The shipped method must be better than saying that each day is like the same day a week ago.
{{ config(severity='warn') }}

select *
from {{ ref('fct_forecast_accuracy') }}
where is_shipped and mase >= 1
