with interactions as (
    select * from {{ ref('customer_interactions') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

recent as (
    select interactions.*
    from interactions
    cross join context
    where
        interactions.started_at > context.as_of - interval {{ var('recent_days') }} day
        and interactions.started_at <= context.as_of
)

select
    category,
    subcategory,
    count(*) as interactions,
    {{ rate('count(*)', 'sum(count(*)) over ()') }}::double as share,
    row_number() over (order by count(*) desc, category, subcategory) as rank
from recent
group by category, subcategory
