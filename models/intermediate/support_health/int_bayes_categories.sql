-- Training: what naive Bayes knows of a category as a whole, once per held-out fold. Logarithms are kept as whole
-- billionths: sums of whole numbers are the same in any order, so neither threads nor row order can turn a close decision.
with folds as (
    select * from {{ ref('int_ticket_folds') }}
),

bayes_words as (
    select * from {{ ref('int_bayes_words') }}
),

held_out as (
    select unnest(range(-1, 5))::integer as held_out_fold
),

tickets as (
    select
        held_out.held_out_fold,
        folds.tag as category,
        count(*) as tickets
    from folds
    inner join held_out on folds.fold <> held_out.held_out_fold
    where folds.tag is not null
    group by all
),

words as (
    select
        held_out_fold,
        category,
        sum(occurrences)::bigint as words
    from bayes_words
    group by all
),

vocabularies as (
    select
        held_out_fold,
        count(distinct word) as vocabulary
    from bayes_words
    group by all
)

select
    tickets.held_out_fold,
    tickets.category,
    tickets.tickets,
    coalesce(words.words, 0) as words,
    vocabularies.vocabulary,
    round(1e9 * ln(tickets.tickets / sum(tickets.tickets) over (partition by tickets.held_out_fold)))::bigint as log_prior,
    -- Lidstone's smoothing: every word of the vocabulary counts a little more than it was seen. Numerator and denominator are both
    -- divided by that little, so that a word never seen is a 1 above the line.
    round(1e9 * ln(coalesce(words.words, 0) / {{ var('bayes_smoothing') }} + vocabularies.vocabulary))::bigint as log_smoothed_words
from tickets
inner join vocabularies on tickets.held_out_fold = vocabularies.held_out_fold
left join words on tickets.held_out_fold = words.held_out_fold and tickets.category = words.category
