-- What to give to the batch job. A ticket is handed out once, and again when its text has changed; one that has got a label or a
-- tag, or is gone, leaves the list. So what one run adds, `where handed_out_at = (select max(handed_out_at) …)`, is the next batch.
{{ config(
    materialized='incremental',
    unique_key='ticket_id',
    incremental_strategy='delete+insert',
    post_hook="delete from {{ this }} where ticket_id not in (select ticket_id from {{ ref('int_unlabelled_tickets') }})"
) }}

with tickets as (
    select * from {{ ref('int_unlabelled_tickets') }}
),

context as (
    select * from {{ ref('int_run_context') }}
)

select
    tickets.ticket_id,
    tickets.created_at,
    tickets.message_text,
    tickets.message_hash,
    -- The moment of the data, not of the clock.
    context.as_of as handed_out_at
from tickets
cross join context
{% if is_incremental() -%}
where not exists (
    select 1
    from {{ this }} as handed_out
    where handed_out.ticket_id = tickets.ticket_id and handed_out.message_hash = tickets.message_hash
)
{%- endif %}
