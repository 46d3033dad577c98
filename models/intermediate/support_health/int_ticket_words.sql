-- Each word of each message with its count: the one table that both keyword rules and naive Bayes read, so that no text is
-- compared with every keyword or every category.
with tickets as (
    select * from {{ ref('stg_tickets') }}
),

words as (
    select
        ticket_id,
        unnest({{ words_of('message_text') }}) as word
    from tickets
)

select
    ticket_id,
    word,
    count(*) as occurrences
from words
group by all
