-- What each conversation is about and in which mood the customer is, by keywords in what the customer wrote.
with interactions as (
    select
        interaction_id,
        concat_ws(' ', subject, customer_text) as text,
        customer_text,
        -- Words that say that it is done count only after an answer.
        case when last_customer_position > first_agent_position then last_customer_text end as closing_text,
        tags
    from {{ ref('int_interactions') }}
),

categories as (
    select
        lower(trim(category)) as category,
        lower(trim(subcategory)) as subcategory,
        keyword
    from {{ ref('interaction_categories') }}
),

moods as (
    select
        lower(trim(sentiment)) as sentiment,
        keyword
    from {{ ref('sentiment_keywords') }}
),

phrases as (
    select
        'resolved' as outcome,
        unnest({{ sql_text_list(var('resolution_phrases')) }}) as keyword
),

about as (
    {{ keyword_matches('interactions', 'interaction_id', 'text', 'categories', ['category', 'subcategory']) }}
),

felt as (
    {{ keyword_matches('interactions', 'interaction_id', 'customer_text', 'moods', ['sentiment']) }}
),

closed as (
    {{ keyword_matches('interactions', 'interaction_id', 'closing_text', 'phrases', ['outcome']) }}
),

topics as (
    select
        interaction_id,
        category,
        subcategory
    from about
    group by interaction_id, category, subcategory
    qualify
        row_number() over (
            partition by interaction_id
            -- Longer phrases are surer than single words.
            order by sum(len(string_split(phrase, ' '))) desc, max(len(phrase)) desc, category, subcategory
        ) = 1
),

sentiments as (
    select
        interaction_id,
        count(*) filter (where sentiment = 'urgent') as urgent,
        count(*) filter (where sentiment = 'negative') as negative,
        count(*) filter (where sentiment = 'positive') as positive
    from felt
    group by all
),

known_tags as (
    select
        interaction_id,
        min(tag) as tag
    from (select interaction_id, lower(unnest(tags)) as tag from interactions)
    where tag in (select category from categories)
    group by all
)

select
    interactions.interaction_id,
    coalesce(topics.category, known_tags.tag, 'product_inquiry') as category,
    case when topics.category is null and known_tags.tag is not null then known_tags.tag else coalesce(topics.subcategory, 'general question') end as subcategory,
    case
        when sentiments.urgent > 0 then 'urgent'
        when sentiments.negative > sentiments.positive then 'negative'
        when sentiments.positive > sentiments.negative then 'positive'
        else 'neutral'
    end as sentiment,
    interactions.interaction_id in (select interaction_id from closed) as says_resolved
from interactions
left join topics on interactions.interaction_id = topics.interaction_id
left join sentiments on interactions.interaction_id = sentiments.interaction_id
left join known_tags on interactions.interaction_id = known_tags.interaction_id
