-- Tickets that a batch job has to label: no agent has tagged them, no label on the list of tags has come for them, and they say something.
with tickets as (
    select * from {{ ref('stg_tickets') }}
),

labels as (
    select *
    from {{ ref('stg_ticket_ai_labels') }}
    where list_contains({{ sql_text_list(var('tags')) }}, ai_category)
)

select
    tickets.ticket_id,
    tickets.created_at,
    tickets.message_text,
    md5(tickets.message_text) as message_hash
from tickets
anti join labels on tickets.ticket_id = labels.ticket_id
where
    len({{ words_of('tickets.message_text') }}) > 0
    {%- if not var('label_tagged_tickets') %}
    and tickets.tag is null
    {%- endif %}
