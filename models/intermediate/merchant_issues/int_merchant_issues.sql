-- The technical issues of merchants as they stand now: tickets by people who work for a business, and are about something
-- technical. `record_hash` changes when anything that is shown of a ticket changes.
with tickets as (
    select * from {{ ref('stg_tickets') }}
),

issues as (
    select *
    from {{ ref('int_ticket_issues') }}
    where issue_category is not null
),

business_users as (
    select * from {{ ref('stg_business_users') }}
),

businesses as (
    select * from {{ ref('dim_businesses') }}
),

-- Who works for several businesses writes for the largest of them.
writers as (
    select
        business_users.creator_id,
        businesses.business_id,
        businesses.segment
    from business_users
    inner join businesses on business_users.business_id = businesses.business_id
    qualify row_number() over (partition by business_users.creator_id order by businesses.volume_rank) = 1
),

addresses as (
    select * from {{ ref('stg_businesses') }}
),

joined as (
    select
        tickets.ticket_id,
        tickets.created_at,
        writers.business_id,
        addresses.url as business_url,
        {{ sql_text(var('ticket_url')) }} || url_encode(tickets.ticket_id) as ticket_url,
        writers.segment,
        issues.issue_category,
        issues.issue_subcategory,
        {{ two_sentences("regexp_replace(tickets.message_text, '\\s+', ' ', 'g')") }} as issue_description,
        tickets.status
    from tickets
    inner join issues on tickets.ticket_id = issues.ticket_id
    inner join writers on tickets.creator_id = writers.creator_id
    left join addresses on writers.business_id = addresses.business_id
)

select
    *,
    md5(to_json(joined)::varchar) as record_hash
from joined
