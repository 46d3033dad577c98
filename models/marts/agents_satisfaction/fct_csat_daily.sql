with ratings as (
    select * from {{ ref('stg_satisfaction') }}
)

select
    rated_at::date as day,
    {{ satisfaction_measures() }}
from ratings
group by all
