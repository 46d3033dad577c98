-- The technical issue that each ticket is about, if any. A ticket is looked at once, and again only when its text or the list
-- of keywords has changed: `text_hash` tells.
{{ config(materialized='incremental', unique_key='ticket_id', incremental_strategy='delete+insert') }}

with tickets as (
    select * from {{ ref('stg_tickets') }}
),

keywords as (
    select
        trim(category) as category,
        trim(subcategory) as subcategory,
        keyword
    from {{ ref('issue_category_keywords') }}
),

list_version as (
    select md5(string_agg(category || chr(31) || subcategory || chr(31) || keyword, chr(30) order by category, subcategory, keyword)) as version
    from keywords
),

hashed as (
    select
        tickets.ticket_id,
        tickets.message_text,
        md5(coalesce(list_version.version, '') || coalesce(tickets.message_text, '')) as text_hash
    from tickets
    cross join list_version
),

unseen as (
    select *
    from hashed
    {% if is_incremental() -%}
    where not exists (
        select 1
        from {{ this }} as seen
        where seen.ticket_id = hashed.ticket_id and seen.text_hash = hashed.text_hash
    )
    {%- endif %}
),

found as (
    {{ keyword_matches('unseen', 'ticket_id', 'message_text', 'keywords', ['category', 'subcategory']) }}
),

counted as (
    select
        ticket_id,
        category,
        subcategory,
        count(*) as keywords,
        -- The longer phrase says more: `refund to our customer` beats `api`.
        max(len(phrase)) as longest
    from found
    group by all
),

decided as (
    select
        ticket_id,
        category,
        subcategory
    from counted
    qualify row_number() over (partition by ticket_id order by keywords desc, longest desc, category, subcategory) = 1
)

select
    unseen.ticket_id,
    unseen.text_hash,
    decided.category as issue_category,
    decided.subcategory as issue_subcategory
from unseen
left join decided on unseen.ticket_id = decided.ticket_id
