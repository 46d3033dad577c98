{#- One business in fifty tickets, at least sixty, so that the largest 25 are not all of them. -#}
{% macro generated_business_count(tickets) -%}
    {{- return([tickets // 50, 60] | max) -}}
{%- endmacro %}


{#- Whether a user writes for a business. -#}
{% macro generated_is_merchant(seed, creator_id) -%}
    ({{ draw(seed, 'merchant', creator_id) }} < 0.35)
{%- endmacro %}


{% macro generated_businesses_file(tickets, seed) %}
with businesses as (
    select unnest(range(1, {{ generated_business_count(tickets) }} + 1)) as business_no
),

named as (
    select
        business_no,
        {{ pick(draw(seed, 'shop_first', 'business_no'), [
            'Alpine', 'Baltic', 'Cedar', 'Delta', 'Ember', 'Fjord', 'Granite', 'Harbour', 'Ivory', 'Juniper', 'Kestrel', 'Lumen',
            'Maple', 'Nimbus', 'Onyx', 'Pioneer'
        ]) }} as first_name,
        {{ pick(draw(seed, 'shop_second', 'business_no'), [
            'Books', 'Bikes', 'Coffee', 'Cosmetics', 'Games', 'Garden', 'Hosting', 'Jewels', 'Music', 'Outdoor', 'Optics', 'Toys',
            'Travel', 'Tools', 'Wear', 'Wines'
        ]) }} as second_name
    from businesses
)

select
    'B' || lpad(business_no::varchar, 6, '0') as business_id,
    first_name || ' ' || second_name || ' ' || business_no as name,
    {{ pick_weighted(draw(seed, 'verified', 'business_no'), [['verified', 620], ['previously_verified', 130], ['unverified', 250]]) }} as verification_status,
    -- Few businesses make most of the orders.
    floor(20 * power({{ generated_business_count(tickets) }} / (1 + {{ generated_business_count(tickets) }} * {{ draw(seed, 'orders', 'business_no') }}), 1.3))::bigint as order_volume_90d,
    case
        when {{ draw(seed, 'no_url', 'business_no') }} < 0.04 then null
        when {{ draw(seed, 'no_url', 'business_no') }} < 0.08 then lower(first_name || second_name) || business_no || '.example'
        else 'https://' || lower(first_name || second_name) || business_no || '.example/'
    end as url
from named
order by business_no
{% endmacro %}


{% macro generated_business_users_file(tickets, seed) %}
with users as (
    select unnest(range(1, {{ generated_user_count(tickets) }} + 1)) as user_no
),

identified as (
    select
        user_no,
        {{ generated_id('U', 'user_no', tickets) }} as creator_id
    from users
)

select
    'B' || lpad((1 + floor({{ generated_business_count(tickets) }} * {{ draw(seed, 'works_at', 'user_no') }}))::bigint::varchar, 6, '0') as business_id,
    creator_id,
    {{ pick_weighted(draw(seed, 'role', 'user_no'), [['owner', 450], ['developer', 250], ['accountant', 200], ['support', 100]]) }} as role
from identified
where {{ generated_is_merchant(seed, 'creator_id') }}
order by user_no
{% endmacro %}
