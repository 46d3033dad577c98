-- Which thread each mail belongs to: that of the mail it answers (References, else In-Reply-To), followed to the first one; an
-- answer that names none belongs to the first mail of the same subject and the same customer.
with recursive mails as (
    -- Without the texts, which only the last step needs.
    select * exclude (text, error) from {{ ref('stg_mails') }}
),

texts as (
    select
        message_id,
        text,
        error
    from {{ ref('stg_mails') }}
),

owners as (
    {% if var('support_emails') -%}
    select unnest({{ sql_text_list(var('support_emails')) }}) as email
    {%- else -%}
    -- The address that most different people write to.
    select email
    from (select unnest(to_emails) as email, from_email from mails)
    group by email
    order by count(distinct from_email) desc, email
    limit 1
    {%- endif %}
),

-- Whoever shares a domain with the support is an agent, unless everybody can have an address there.
domains as (
    select distinct split_part(email, '@', 2) as domain
    from owners
    where split_part(email, '@', 2) not in (
        'gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'yahoo.com', 'icloud.com', 'me.com', 'aol.com',
        'gmx.de', 'gmx.net', 'web.de', 'mail.com', 'proton.me', 'protonmail.com'
    )
),

judged as (
    select
        *,
        coalesce("references"[1], in_reply_to) as parent_id,
        case
            when coalesce(is_automatic, false) then 'bot'
            when from_email in (select email from owners) or split_part(from_email, '@', 2) in (select domain from domains) then 'agent'
            else 'customer'
        end as sender
    from mails
),

-- Step by step up to a mail that answers none, or one that is not in the box; a circle is left after a hundred steps.
climbing as (
    select
        message_id,
        coalesce(parent_id, message_id) as thread_id,
        0 as steps
    from judged
    union all
    select
        climbing.message_id,
        judged.parent_id as thread_id,
        climbing.steps + 1 as steps
    from climbing
    inner join judged on climbing.thread_id = judged.message_id
    where judged.parent_id is not null and judged.parent_id <> judged.message_id and climbing.steps < 100
),

-- Whoever is still climbing goes round in a circle: its first mail stands for all of it.
roots as (
    select
        message_id,
        case when max(steps) < 100 then arg_max(thread_id, steps) else min(thread_id) filter (where steps >= 50) end as thread_id
    from climbing
    group by all
),

-- Whom the support talks with.
spoken as (
    select
        judged.*,
        roots.thread_id as referenced_id,
        case when judged.sender = 'customer' then judged.from_email else judged.to_emails[1] end as counterpart
    from judged
    inner join roots on judged.message_id = roots.message_id
),

openings as (
    select
        thread_subject,
        counterpart,
        arg_min(referenced_id, (sent_at, message_id)) as thread_id,
        min(sent_at) as sent_at
    from spoken
    where thread_subject is not null
    group by all
)

select
    spoken.message_id,
    case
        when
            spoken.parent_id is null
            and lower(trim(spoken.subject)) <> spoken.thread_subject
            and openings.sent_at <= spoken.sent_at
            then openings.thread_id
        else spoken.referenced_id
    end as thread_id,
    spoken.sender,
    spoken.counterpart as customer_email,
    spoken.from_name,
    spoken.subject,
    spoken.sent_at,
    texts.text,
    texts.error
from spoken
inner join texts on spoken.message_id = texts.message_id
left join openings
    on spoken.thread_subject = openings.thread_subject and spoken.counterpart = openings.counterpart
