with ratings as (
    select * from {{ ref('stg_satisfaction') }}
)

select
    date_trunc('month', rated_at)::date as month_start,
    {{ satisfaction_measures() }}
from ratings
group by all
