-- Every day from the first ticket to the last. Trailing averages need the days on which nothing happened.
with tickets as (
    select * from {{ ref('stg_tickets') }}
),

span as (
    select
        min(created_day) as first_day,
        max(created_day) as last_day
    from tickets
),

days as (
    select unnest(generate_series(first_day, last_day, interval 1 day))::date as created_day
    from span
)

select
    created_day,
    {{ week_start('created_day') }} as week_start
from days
