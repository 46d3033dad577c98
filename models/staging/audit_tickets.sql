-- Nothing is built on this view. The tests of single facts (a date, a duration, a creator) hang here rather than on
-- `stg_tickets`, so that a handful of bad records fails loudly without keeping every mart from being built.
{{ config(materialized='view') }}

with tickets as (
    select * from {{ ref('stg_tickets') }}
),

users as (
    select * from {{ ref('stg_users') }}
)

select
    tickets.ticket_id,
    tickets.created_at,
    tickets.resolved_at,
    tickets.status,
    tickets.first_response_time,
    tickets.creator_id,
    -- NULL without users: nothing can be said about anybody.
    case
        when exists (select 1 from users)
            then coalesce(tickets.creator_id in (select users.creator_id from users where users.creator_id is not null), false)
    end as is_known_creator
from tickets
