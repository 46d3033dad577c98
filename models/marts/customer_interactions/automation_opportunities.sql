-- What a prepared reply would answer.
with interactions as (
    select * from {{ ref('customer_interactions') }}
),

replies as (
    select
        lower(trim(subcategory)) as subcategory,
        min(suggested_reply) as suggested_reply
    from {{ ref('interaction_categories') }}
    where automatable
    group by all
),

total as (
    select count(*) as interactions
    from interactions
),

counted as (
    select
        replies.subcategory,
        count(interactions.interaction_id) as interactions,
        replies.suggested_reply
    from replies
    left join interactions on replies.subcategory = interactions.subcategory
    group by all
),

summed as (
    select * from counted
    union all
    select
        '__total__' as subcategory,
        coalesce(sum(interactions), 0)::bigint as interactions,
        null as suggested_reply
    from counted
)

select
    summed.subcategory,
    summed.interactions,
    {{ rate('summed.interactions', 'total.interactions') }} as share,
    summed.suggested_reply
from summed
cross join total
