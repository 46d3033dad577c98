with raw as (
    {{ read_input('users_raw', ['creator_id', 'name', 'email', 'plan_tier', 'signed_up_at']) }}
)

select
    creator_id,
    name,
    lower(email) as email,
    lower(plan_tier) as plan_tier,
    {{ utc_timestamp('signed_up_at') }} as signed_up_at
from raw
