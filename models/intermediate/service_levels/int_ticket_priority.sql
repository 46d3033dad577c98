-- How urgent a ticket is. The first rule that applies wins; `priority_rule` names it.
with tickets as (
    select * from {{ ref('int_tickets') }}
),

users as (
    select * from {{ ref('stg_users') }}
),

keywords as (
    select
        lower(trim(priority)) as priority,
        keyword
    from {{ ref('priority_keywords') }}
),

found as (
    {{ keyword_matches('tickets', 'ticket_id', 'message_text', 'keywords', ['priority']) }}
),

by_ticket as (
    select
        ticket_id,
        bool_or(priority = 'urgent') as says_urgent,
        bool_or(priority = 'medium') as is_feature_request
    from found
    group by all
),

judged as (
    select
        tickets.ticket_id,
        users.plan_tier,
        case
            when by_ticket.says_urgent then 'keyword'
            when list_contains({{ sql_text_list(var('billing_categories')) }}, tickets.category_effective) then 'billing'
            when users.plan_tier = 'premium' then 'premium'
            when users.plan_tier = 'pro' then 'pro'
            when by_ticket.is_feature_request then 'feature_request'
            else 'other'
        end as priority_rule
    from tickets
    left join users on tickets.creator_id = users.creator_id
    left join by_ticket on tickets.ticket_id = by_ticket.ticket_id
)

select
    ticket_id,
    plan_tier,
    priority_rule,
    case
        when priority_rule = 'keyword' then 'urgent'
        when priority_rule in ('billing', 'premium') then 'high'
        when priority_rule in ('pro', 'feature_request') then 'medium'
        else 'low'
    end as priority
from judged
