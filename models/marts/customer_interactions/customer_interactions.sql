with interactions as (
    select * from {{ ref('int_interactions') }}
),

labels as (
    select * from {{ ref('int_interaction_labels') }}
)

select
    interactions.interaction_id,
    case interactions.kind when 'chat' then 'livechat' else 'email' end as source,
    interactions.started_at,
    interactions.ended_at,
    interactions.customer_email,
    interactions.customer_name,
    interactions.subject,
    interactions.transcript,
    labels.category,
    labels.subcategory,
    case
        when interactions.rating in ('good', 'rated_good', '1', '5', 'positive') or labels.says_resolved then 'resolved'
        when interactions.last_sender = 'agent' then 'pending'
        else 'open'
    end as status,
    labels.sentiment,
    case
        when labels.sentiment = 'urgent' then 'urgent'
        when labels.sentiment = 'negative' or labels.category in ('payment', 'complaint', 'order_issue') then 'high'
        when labels.category in ('feedback', 'product_inquiry', 'pricing') then 'low'
        else 'medium'
    end as priority,
    interactions.messages
from interactions
inner join labels on interactions.interaction_id = labels.interaction_id
