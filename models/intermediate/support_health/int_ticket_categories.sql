-- The layered classifier put together: a label delivered from outside wins, then the keyword rules, then naive Bayes, then
-- `others`. `classifier_category` is what the project answers on its own, without the labels.
with tickets as (
    select * from {{ ref('stg_tickets') }}
),

labels as (
    select *
    from {{ ref('stg_ticket_ai_labels') }}
    -- An answer that is not on the list is no answer.
    where list_contains({{ sql_text_list(var('tags')) }}, ai_category)
),

rules as (
    select * from {{ ref('int_ticket_rules') }}
),

bayes as (
    select * from {{ ref('int_ticket_bayes') }}
),

layered as (
    select
        tickets.ticket_id,
        tickets.tag,
        coalesce(rules.rule_category, bayes.bayes_category, 'others') as classifier_category,
        case
            when labels.ai_category is not null then 'label'
            when rules.rule_category is not null then 'rule'
            when bayes.bayes_category is not null then 'bayes'
            else 'none'
        end as ai_layer,
        labels.ai_category as label_category,
        labels.rationale as label_rationale,
        rules.confidence as rule_confidence,
        rules.phrases as rule_phrases,
        bayes.confidence as bayes_confidence,
        bayes.words as bayes_words
    from tickets
    left join labels on tickets.ticket_id = labels.ticket_id
    left join rules on tickets.ticket_id = rules.ticket_id
    left join bayes on tickets.ticket_id = bayes.ticket_id
)

select
    ticket_id,
    tag,
    classifier_category,
    coalesce(label_category, classifier_category) as ai_category,
    ai_layer,
    case ai_layer
        when 'label' then 1.0
        when 'rule' then rule_confidence
        when 'bayes' then bayes_confidence
        else 0.0
    end::double as ai_confidence,
    case ai_layer
        when 'label' then coalesce(label_rationale, 'Labelled by the batch job, which gave no reason.')
        when 'rule' then 'The message mentions "' || array_to_string(rule_phrases[1:3], '", "') || '".'
        when 'bayes' then
            'No keyword decides.'
            || case
                when len(bayes_words) > 0
                    then ' Among tagged tickets, "' || array_to_string(bayes_words, '", "') || '" point to this category.'
                else ' Among tagged tickets, this category is the likeliest.'
            end
        else 'The message holds no keyword and no word of the tagged tickets.'
    end as ai_rationale,
    coalesce(tag, label_category, classifier_category) as category_effective
from layered
