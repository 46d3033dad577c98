with raw as (
    {{ read_input('businesses_raw', ['business_id', 'name', 'verification_status', 'order_volume_90d', 'url']) }}
)

select
    business_id,
    name,
    lower(verification_status) as verification_status,
    coalesce(order_volume_90d::bigint, 0) as order_volume_90d,
    {{ http_url('url') }} as url
from raw
