-- Alert: how many points (in hundredths) the mean rating of the last 30 days lies under its target.
{{ config(severity='error', warn_if='> 0', error_if='> ' ~ var('alert_csat_error_points'), fail_calc='coalesce(max(points_under), 0)') }}

with ratings as (
    select * from {{ ref('stg_satisfaction') }}
),

context as (
    select * from {{ ref('int_run_context') }}
)

select
    greatest(0, ceil(100 * ({{ var('alert_csat_target') }} - {{ exact_avg('ratings.rating') }})))::integer as points_under
from ratings
cross join context
where ratings.rated_at > context.as_of - interval 30 day
having count(*) > 0
