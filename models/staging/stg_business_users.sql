with raw as (
    {{ read_input('business_users_raw', ['business_id', 'creator_id', 'role']) }}
)

select
    business_id,
    creator_id,
    lower(role) as role
from raw
