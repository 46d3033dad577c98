select
    ticket_id,
    created_at,
    resolved_at
from {{ ref('audit_tickets') }}
where
    status = 'resolved'
    and (resolved_at is null or resolved_at < created_at)
