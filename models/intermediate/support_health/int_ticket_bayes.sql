-- Second layer of the classifier: multinomial naive Bayes, for tickets that no keyword rule decides. The score of a category is
--     log prior + sum over words of occurrences * log((seen / a + 1) / (words of the category / a + vocabulary)),
-- where `a`, the var `bayes_smoothing`, is how often every word counts as seen beforehand.
-- A word never seen in a category contributes log(1) = 0 above the fraction line, so only pairs that were seen are joined.
--
-- The CTEs are materialized to fix the order of the joins: joining tickets to a whole category before the words are compared
-- multiplies the rows by the size of the vocabulary.
with folds as (
    select * from {{ ref('int_ticket_folds') }}
),

rules as (
    select * from {{ ref('int_ticket_rules') }}
),

words as (
    select * from {{ ref('int_ticket_words') }}
),

bayes_words as (
    select * from {{ ref('int_bayes_words') }}
),

categories as (
    select * from {{ ref('int_bayes_categories') }}
),

undecided as materialized (
    select
        folds.ticket_id,
        folds.fold
    from folds
    anti join rules on folds.ticket_id = rules.ticket_id
),

undecided_words as materialized (
    select
        undecided.ticket_id,
        undecided.fold,
        words.word,
        words.occurrences
    from words
    inner join undecided on words.ticket_id = undecided.ticket_id
),

-- Words outside the vocabulary say nothing about any category and are left out.
known_words as materialized (
    select undecided_words.*
    from undecided_words
    semi join bayes_words
        on undecided_words.fold = bayes_words.held_out_fold and undecided_words.word = bayes_words.word
),

lengths as (
    select
        ticket_id,
        fold,
        sum(occurrences)::bigint as words
    from known_words
    group by all
),

seen as (
    select
        known_words.ticket_id,
        bayes_words.category,
        sum(known_words.occurrences * round(1e9 * ln(bayes_words.occurrences / {{ var('bayes_smoothing') }} + 1))::bigint)::bigint as log_seen
    from known_words
    inner join bayes_words
        on known_words.fold = bayes_words.held_out_fold and known_words.word = bayes_words.word
    group by all
),

candidates as materialized (
    select
        lengths.ticket_id,
        lengths.fold,
        categories.category,
        categories.log_prior - lengths.words * categories.log_smoothed_words as log_unseen
    from lengths
    inner join categories on lengths.fold = categories.held_out_fold
),

scores as (
    select
        candidates.ticket_id,
        candidates.fold,
        candidates.category,
        candidates.log_unseen + coalesce(seen.log_seen, 0) as score
    from candidates
    left join seen on candidates.ticket_id = seen.ticket_id and candidates.category = seen.category
),

relative_scores as (
    select
        *,
        score - max(score) over (partition by ticket_id) as below_best
    from scores
),

-- The posterior of the best category is 1 / sum(exp(score - best score)), added up exactly as decimals.
best as materialized (
    select
        ticket_id,
        fold,
        min(category) filter (where below_best = 0) as category,
        1 / sum(exp(below_best / 1e9)::decimal(20, 18))::double as confidence
    from relative_scores
    group by all
),

judged_words as materialized (
    select
        best.ticket_id,
        best.fold,
        best.category,
        known_words.word
    from known_words
    inner join best on known_words.ticket_id = best.ticket_id
),

-- The three words that speak most for the answer: of all their occurrences, the largest part is in this category.
telling_words as (
    select
        judged_words.ticket_id,
        min(
            {
                elsewhere: 1 - bayes_words.occurrences / bayes_words.occurrences_in_all,
                rarity: -bayes_words.occurrences,
                word: judged_words.word
            },
            3
        ) as words
    from judged_words
    inner join bayes_words
        on judged_words.fold = bayes_words.held_out_fold
        and judged_words.category = bayes_words.category
        and judged_words.word = bayes_words.word
    group by all
)

select
    best.ticket_id,
    best.category as bayes_category,
    best.confidence,
    coalesce(list_transform(telling_words.words, lambda telling: telling.word), []) as words
from best
left join telling_words on best.ticket_id = telling_words.ticket_id
