-- Second layer of the classifier: multinomial naive Bayes, for tickets that no keyword rule decides. The score of a category is
--     log prior + sum over words of occurrences * log((seen + 1) / (words of the category + vocabulary)).
-- A word never seen in a category contributes log(1) = 0 above the fraction line, so only pairs that were seen are joined.
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

vocabulary as (
    select
        held_out_fold,
        word,
        sum(occurrences) as occurrences
    from bayes_words
    group by all
),

-- Words outside the vocabulary say nothing about any category and are left out.
known_words as (
    select
        words.ticket_id,
        folds.fold,
        words.word,
        words.occurrences
    from words
    inner join folds on words.ticket_id = folds.ticket_id
    inner join vocabulary on folds.fold = vocabulary.held_out_fold and words.word = vocabulary.word
    anti join rules on words.ticket_id = rules.ticket_id
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
        sum(known_words.occurrences * round(1e9 * ln(bayes_words.occurrences + 1))::bigint)::bigint as log_seen
    from known_words
    inner join bayes_words
        on known_words.fold = bayes_words.held_out_fold and known_words.word = bayes_words.word
    group by all
),

scores as (
    select
        lengths.ticket_id,
        lengths.fold,
        categories.category,
        categories.log_prior
        + coalesce(seen.log_seen, 0)
        - lengths.words * categories.log_smoothed_words as score
    from lengths
    inner join categories on lengths.fold = categories.held_out_fold
    left join seen on lengths.ticket_id = seen.ticket_id and categories.category = seen.category
),

relative_scores as (
    select
        *,
        score - max(score) over (partition by ticket_id) as below_best
    from scores
),

-- The posterior of the best category is 1 / sum(exp(score - best score)), added up exactly as decimals.
best as (
    select
        ticket_id,
        fold,
        min(category) filter (where below_best = 0) as category,
        1 / sum(exp(below_best / 1e9)::decimal(20, 18))::double as confidence
    from relative_scores
    group by all
),

-- The words that speak most for the answer: how much likelier each is in the category than anywhere.
telling_words as (
    select
        best.ticket_id,
        list(
            known_words.word
            order by bayes_words.occurrences / vocabulary.occurrences desc, bayes_words.occurrences desc, known_words.word
        ) as words
    from best
    inner join known_words on best.ticket_id = known_words.ticket_id
    inner join bayes_words
        on best.fold = bayes_words.held_out_fold
        and best.category = bayes_words.category
        and known_words.word = bayes_words.word
    inner join vocabulary on best.fold = vocabulary.held_out_fold and known_words.word = vocabulary.word
    group by all
)

select
    best.ticket_id,
    best.category as bayes_category,
    best.confidence,
    coalesce(telling_words.words[1:3], []) as words
from best
left join telling_words on best.ticket_id = telling_words.ticket_id
