{#- What each method says, from days on, of tickets up to an origin. `pairs` names a CTE of `origin_day` and `target_day`; the
    rows of `int_daily_tickets` are the only thing that is known. A method without enough history says nothing. See the docs
    block `forecast_methods`. -#}
{% macro forecasts(pairs) -%}
select
    pairs.origin_day,
    pairs.target_day,
    date_diff('day', pairs.origin_day, pairs.target_day) as horizon,
    unnest([
        {method: 'seasonal_naive', forecast: same_day.tickets::double},
        {method: 'weekday_mean', forecast: same_day.weekday_mean_8},
        {method: 'level_weekday', forecast: origin.mean_28 * same_day.weekday_mean_12 / nullif(same_day.mean_84, 0)},
        {
            method: 'trend_weekday',
            -- A third of the trend of the last eight weeks goes on; the mean of four weeks stands two weeks back.
            forecast: greatest(0, origin.mean_28
                + {{ var('forecast_trend_share') }} * (origin.mean_28 - origin.mean_28_before) / 28
                * (date_diff('day', pairs.origin_day, pairs.target_day) + 13.5))
                * same_day.weekday_mean_12 / nullif(same_day.mean_84, 0)
        },
        {
            method: 'year_weekday',
            -- As much more or less than now as at the same time last year.
            forecast: case
                when last_year.mean_around is not null and origin_last_year.mean_28 > 0
                    then origin.mean_28 * same_day.weekday_mean_12 / nullif(same_day.mean_84, 0)
                        * least(2, greatest(0.5, last_year.mean_around / origin_last_year.mean_28))
            end
        }
    ], recursive := true)
from {{ pairs }} as pairs
inner join {{ ref('int_daily_tickets') }} as origin on pairs.origin_day = origin.day
-- The newest day of the same weekday that is known at the origin.
inner join {{ ref('int_daily_tickets') }} as same_day
    on same_day.day = pairs.target_day - (7 * ceil(date_diff('day', pairs.origin_day, pairs.target_day) / 7))::integer
left join {{ ref('int_daily_tickets') }} as last_year on last_year.day = pairs.target_day - 364 and last_year.day <= pairs.origin_day - 7
left join {{ ref('int_daily_tickets') }} as origin_last_year on origin_last_year.day = pairs.origin_day - 364
{%- endmacro %}
