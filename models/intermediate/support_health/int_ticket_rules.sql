-- First layer of the classifier: the category most of whose keywords stand in the message as whole words.
with tickets as (
    select * from {{ ref('stg_tickets') }}
),

words as (
    select * from {{ ref('int_ticket_words') }}
),

seed as (
    select * from {{ ref('ticket_category_keywords') }}
),

keywords as (
    select distinct
        lower(trim(category)) as category,
        {{ words_of('keyword') }} as keyword_words
    from seed
    where list_contains({{ sql_text_list(var('tags')) }}, lower(trim(category)))
),

phrases as (
    select
        category,
        keyword_words[1] as first_word,
        array_to_string(keyword_words, ' ') as phrase,
        len(keyword_words) = 1 as is_one_word
    from keywords
    where len(keyword_words) > 0
),

-- Joining on the first word keeps this linear in the words; only a phrase of several words is then looked up in the text.
candidates as (
    select
        words.ticket_id,
        phrases.category,
        phrases.phrase,
        phrases.is_one_word
    from words
    inner join phrases on words.word = phrases.first_word
),

matches as (
    select
        candidates.ticket_id,
        candidates.category,
        candidates.phrase
    from candidates
    inner join tickets on candidates.ticket_id = tickets.ticket_id
    where
        candidates.is_one_word
        or contains(
            ' ' || array_to_string({{ words_of('tickets.message_text') }}, ' ') || ' ',
            ' ' || candidates.phrase || ' '
        )
),

by_category as (
    select
        ticket_id,
        category,
        count(*) as keywords,
        list(phrase order by phrase) as phrases
    from matches
    group by all
)

select
    ticket_id,
    category as rule_category,
    keywords,
    phrases,
    keywords / sum(keywords) over (partition by ticket_id) as confidence
from by_category
-- A tie goes to the first name in the alphabet: any fixed order will do, as long as it is one.
qualify row_number() over (partition by ticket_id order by keywords desc, category) = 1
