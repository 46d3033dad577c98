-- What every number of this run may depend on besides the rows themselves, in one row.
with tickets as (
    select * from {{ ref('stg_tickets') }}
),

events as (
    select * from {{ ref('stg_ticket_events') }}
),

newest as (
    select greatest(max(created_at), max(resolved_at)) as newest_at
    from tickets
),

event_log as (
    select count(*) > 0 as has_events
    from events
)

select
    {% if var('as_of') -%}
    {{ utc_timestamp(sql_text(var('as_of'))) }} as as_of,
    {%- else -%}
    newest.newest_at as as_of,
    {%- endif %}
    event_log.has_events
from newest
cross join event_log
