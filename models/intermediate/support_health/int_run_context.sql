-- What every number of this run may depend on besides the rows themselves, in one row.
with tickets as (
    select * from {{ ref('stg_tickets') }}
),

events as (
    select * from {{ ref('stg_ticket_events') }}
)

select
    {% if var('as_of') -%}
    {{ utc_timestamp(sql_text(var('as_of'))) }} as as_of,
    {%- else -%}
    greatest(max(tickets.created_at), max(tickets.resolved_at)) as as_of,
    {%- endif %}
    (select count(*) > 0 from events) as has_events
from tickets
