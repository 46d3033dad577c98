with businesses as (
    select * from {{ ref('stg_businesses') }}
),

business_users as (
    select * from {{ ref('stg_business_users') }}
),

tickets as (
    select * from {{ ref('stg_tickets') }}
),

ranked as (
    select
        *,
        -- Equal volumes: the lower id, so that exactly so many are important customers.
        row_number() over (order by order_volume_90d desc, business_id) as volume_rank
    from businesses
),

people as (
    select
        business_id,
        count(distinct creator_id) as users
    from business_users
    group by all
),

asked as (
    select
        business_users.business_id,
        count(distinct tickets.ticket_id) as tickets
    from business_users
    inner join tickets on business_users.creator_id = tickets.creator_id
    group by all
)

select
    ranked.business_id,
    ranked.name,
    case when ranked.volume_rank <= {{ var('vip_businesses') }} then 'vip' else ranked.verification_status end as segment,
    ranked.verification_status,
    ranked.order_volume_90d,
    ranked.volume_rank,
    coalesce(people.users, 0) as users,
    coalesce(asked.tickets, 0) as tickets
from ranked
left join people on ranked.business_id = people.business_id
left join asked on ranked.business_id = asked.business_id
