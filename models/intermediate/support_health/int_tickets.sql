-- One row per ticket with everything that the marts group by or measure.
with tickets as (
    select * from {{ ref('stg_tickets') }}
),

categories as (
    select * from {{ ref('int_ticket_categories') }}
),

contacts as (
    select * from {{ ref('int_ticket_contacts') }}
),

context as (
    select * from {{ ref('int_run_context') }}
)

select
    tickets.ticket_id,
    tickets.created_at,
    tickets.created_day,
    tickets.week_start,
    tickets.resolved_at,
    tickets.status,
    tickets.is_resolved,
    tickets.resolution_minutes,
    tickets.channel,
    tickets.creator_id,
    tickets.tag,
    tickets.first_response_time,
    tickets.message_text,
    categories.ai_category,
    categories.category_effective,
    tickets.is_resolved and tickets.resolution_minutes <= {{ var('fcr_strict_minutes') }} as is_fcr_strict,
    tickets.is_resolved and tickets.resolution_minutes <= {{ var('fcr_lenient_minutes') }} as is_fcr_lenient,
    case
        when context.has_events
            then tickets.is_resolved and contacts.agent_replies = 1 and not contacts.is_reopened_soon
    end as is_first_contact
from tickets
inner join categories on tickets.ticket_id = categories.ticket_id
inner join contacts on tickets.ticket_id = contacts.ticket_id
cross join context
