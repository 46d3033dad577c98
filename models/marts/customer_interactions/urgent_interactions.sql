with interactions as (
    select * from {{ ref('customer_interactions') }}
    where status <> 'resolved' and (priority = 'urgent' or sentiment = 'urgent')
)

select
    row_number() over (order by started_at, interaction_id) as place,
    interaction_id,
    source,
    started_at,
    customer_email,
    customer_name,
    subject,
    category,
    subcategory,
    status,
    sentiment,
    priority,
    messages
from interactions
