-- Training: how often each word stands in the tickets tagged with each category, once per held-out fold.
with folds as (
    select * from {{ ref('int_ticket_folds') }}
),

words as (
    select * from {{ ref('int_ticket_words') }}
),

held_out as (
    select unnest(range(-1, 5))::integer as held_out_fold
),

counts as (
    select
        folds.fold,
        folds.tag as category,
        words.word,
        sum(words.occurrences) as occurrences
    from words
    inner join folds on words.ticket_id = folds.ticket_id
    where folds.tag is not null
    group by all
),

trained as (
    select
        held_out.held_out_fold,
        counts.category,
        counts.word,
        sum(counts.occurrences)::bigint as occurrences
    from counts
    inner join held_out on counts.fold <> held_out.held_out_fold
    group by all
)

select
    held_out_fold,
    category,
    word,
    occurrences,
    sum(occurrences) over (partition by held_out_fold, word)::bigint as occurrences_in_all
from trained
