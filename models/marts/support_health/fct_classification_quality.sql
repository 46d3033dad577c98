-- How good the project's own classifier is, on tickets whose tag it has not seen (see `int_ticket_folds`). Labels delivered from
-- outside are not its merit and are left out.
with tickets as (
    select
        tag,
        classifier_category
    from {{ ref('int_ticket_categories') }}
    where tag is not null
),

supports as (
    select
        tag as category,
        count(*) as support,
        count(*) filter (where tag = classifier_category) as correct
    from tickets
    group by all
),

predictions as (
    select
        classifier_category as category,
        count(*) as predicted
    from tickets
    group by all
),

by_category as (
    select
        category,
        coalesce(supports.support, 0) as support,
        coalesce(predictions.predicted, 0) as predicted,
        coalesce(supports.correct, 0) as correct
    from supports
    full join predictions using (category)
),

-- Over all categories every ticket is predicted once, so precision, recall and f1 are one number: the accuracy.
overall as (
    select
        '__all__' as category,
        coalesce(sum(support), 0) as support,
        coalesce(sum(predicted), 0) as predicted,
        coalesce(sum(correct), 0) as correct
    from by_category
),

with_overall as (
    select * from by_category
    union all
    select * from overall
)

select
    category,
    support::bigint as support,
    predicted::bigint as predicted,
    correct::bigint as correct,
    {{ rate('correct', 'predicted') }} as precision,
    {{ rate('correct', 'support') }} as recall,
    -- The harmonic mean of the two: 0, not NULL, for a category that is never hit.
    {{ rate('2 * correct', '(support + predicted)') }} as f1
from with_overall
