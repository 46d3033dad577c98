-- Until when each ticket had to be answered, and whether it was. `pending` is one whose time is not over at `as_of`.
with tickets as (
    select * from {{ ref('stg_tickets') }}
),

priorities as (
    select * from {{ ref('int_ticket_priority') }}
),

activity as (
    select * from {{ ref('int_ticket_activity') }}
),

policies as (
    select
        lower(trim(priority)) as priority,
        first_response_hours
    from {{ ref('sla_policies') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

promised as (
    select
        tickets.ticket_id,
        tickets.created_at,
        tickets.week_start,
        tickets.status,
        priorities.priority,
        policies.first_response_hours,
        tickets.created_at + to_microseconds((policies.first_response_hours * 3600e6)::bigint) as deadline_at,
        activity.first_response_at,
        context.as_of
    from tickets
    inner join priorities on tickets.ticket_id = priorities.ticket_id
    inner join policies on priorities.priority = policies.priority
    inner join activity on tickets.ticket_id = activity.ticket_id
    cross join context
)

select
    *,
    list_contains({{ sql_text_list(var('backlog_statuses')) }}, status) as is_open,
    case
        when first_response_at <= deadline_at then 'met'
        when first_response_at > deadline_at or deadline_at < as_of then 'breached'
        -- Closed without an answer before its time was over: nobody waits for it any more.
        when not list_contains({{ sql_text_list(var('backlog_statuses')) }}, status) then 'closed'
        else 'pending'
    end as sla_state
from promised
