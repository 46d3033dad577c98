with rated as (
    select * from {{ ref('int_rated_tickets') }}
),

-- Equal values share the mean of their ranks.
ranked as (
    select
        factor,
        value as x,
        rating::decimal(14, 4) as y,
        (rank() over (partition by factor order by value) + (count(*) over (partition by factor, value) - 1) / 2)::decimal(14, 1) as x_rank,
        (rank() over (partition by factor order by rating) + (count(*) over (partition by factor, rating) - 1) / 2)::decimal(14, 1) as y_rank
    from rated
),

factors (factor) as (
    values
    ('first_response_minutes'), ('resolution_hours'), ('interaction_count'), ('distinct_agents'), ('agent_experience_months'),
    ('reopened')
),

correlated as (
    select
        factor,
        count(*) as n,
        {{ correlation('x', 'y') }} as pearson,
        {{ correlation('x_rank', 'y_rank') }} as spearman
    from ranked
    group by all
)

select
    factors.factor,
    coalesce(correlated.n, 0) as n,
    correlated.pearson,
    correlated.spearman
from factors
left join correlated on factors.factor = correlated.factor
