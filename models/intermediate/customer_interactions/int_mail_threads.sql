-- Which thread each mail belongs to: that of the mail it answers (References, else In-Reply-To), followed to the first one; an
-- answer that names none belongs to the first mail of the same subject and the same customer.
with recursive mails as (
    select * from {{ ref('stg_mails') }}
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

-- What decides about threads, without the texts: they come back at the end.
judged as (
    select
        message_id,
        coalesce("references"[1], in_reply_to) as parent_id,
        sent_at,
        from_email,
        to_emails[1] as first_to_email,
        thread_subject,
        lower(trim(subject)) <> thread_subject as is_subject_of_an_answer,
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
        case when judged.sender = 'customer' then judged.from_email else judged.first_to_email end as counterpart
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
),

threaded as (
    select
        spoken.message_id,
        case
            when spoken.parent_id is null and spoken.is_subject_of_an_answer and openings.sent_at <= spoken.sent_at
                then openings.thread_id
            else spoken.referenced_id
        end as thread_id,
        spoken.sender,
        spoken.counterpart,
        spoken.sent_at
    from spoken
    left join openings
        on spoken.thread_subject = openings.thread_subject and spoken.counterpart = openings.counterpart
),

placed as (
    select
        *,
        row_number() over (partition by thread_id order by sent_at nulls last, message_id) as position
    from threaded
)

select
    placed.message_id,
    placed.thread_id,
    placed.position,
    placed.sender,
    placed.counterpart as customer_email,
    mails.from_name,
    mails.subject,
    placed.sent_at,
    mails.text,
    mails.error
from mails
inner join placed on mails.message_id = placed.message_id
