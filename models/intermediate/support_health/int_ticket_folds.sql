-- Which naive Bayes model judges a ticket. Tagged tickets are dealt into five folds by a hash of their id (the last eight bytes
-- of its md5, little-endian), and each is judged by the model trained on the other four: never by one that has seen its tag.
-- Untagged tickets are judged by the model trained on all tagged ones (fold -1: nothing is held out).
with tickets as (
    select * from {{ ref('stg_tickets') }}
)

select
    ticket_id,
    tag,
    case
        when tag is null then -1
        else (md5_number_lower(ticket_id) % 5)::integer
    end as fold
from tickets
