-- Each conversation with its people, its times and its text.
with messages as (
    select * from {{ ref('interaction_messages') }}
),

chats as (
    select * from {{ ref('stg_livechat_chats') }}
),

mails as (
    select * from {{ ref('int_mail_threads') }}
),

customers as (
    select
        'chat:' || chat_id as interaction_id,
        arg_min(lower(person ->> '$.email'), place) as customer_email,
        arg_min(person ->> '$.name', place) as customer_name
    from (select chat_id, unnest(users) as person, generate_subscripts(users, 1) as place from chats)
    where lower(person ->> '$.type') in ('customer', 'visitor', 'client', 'user')
    group by all
),

correspondents as (
    select
        'mail:' || thread_id as interaction_id,
        arg_min(customer_email, (sent_at, message_id)) as customer_email,
        arg_min(from_name, (sent_at, message_id)) filter (where sender = 'customer' and from_name is not null) as customer_name,
        arg_min(subject, (sent_at, message_id)) as subject
    from mails
    group by all
),

spoken as (
    select
        interaction_id,
        min(sent_at) as started_at,
        max(sent_at) as ended_at,
        string_agg(sender || ': ' || text, chr(10) order by position) as transcript,
        string_agg(text, chr(10) order by position) filter (where sender = 'customer') as customer_text,
        count(*) as messages,
        arg_max(sender, position) as last_sender,
        bool_or(sender = 'agent') as is_answered,
        arg_max(text, position) filter (where sender = 'customer') as last_customer_text,
        max(position) filter (where sender = 'customer') as last_customer_position,
        min(position) filter (where sender = 'agent') as first_agent_position
    from messages
    group by all
)

select
    spoken.*,
    split_part(spoken.interaction_id, ':', 1) as kind,
    coalesce(customers.customer_email, correspondents.customer_email) as customer_email,
    coalesce(customers.customer_name, correspondents.customer_name) as customer_name,
    correspondents.subject,
    chats.rating,
    chats.tags
from spoken
left join customers on spoken.interaction_id = customers.interaction_id
left join correspondents on spoken.interaction_id = correspondents.interaction_id
left join chats on spoken.interaction_id = 'chat:' || chats.chat_id
