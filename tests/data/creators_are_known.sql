-- Counts the tickets of unknown creators and compares the count with a share of all tickets: the thresholds are shares, but
-- the number in the report is one that can be looked up.
{{ config(
    warn_if='> (1 - ' ~ var('known_creators_warn_under') ~ ') * coalesce(max(all_tickets), 0)',
    error_if='> (1 - ' ~ var('known_creators_error_under') ~ ') * coalesce(max(all_tickets), 0)'
) }}

with tickets as (
    select * from {{ ref('audit_tickets') }}
)

select
    ticket_id,
    creator_id,
    (select count(*) from tickets) as all_tickets
from tickets
-- NULL, and so not listed, when there is no user to compare with.
where not is_known_creator
