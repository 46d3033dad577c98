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

-- One list for each conversation is sorted once; aggregates with an order of their own would each keep and sort the text.
turns as (
    select
        interaction_id,
        min(sent_at) as started_at,
        max(sent_at) as ended_at,
        list_sort(list({'position': position, 'sender': sender, 'text': text})) as turns
    from messages
    group by all
),

sides as (
    select
        *,
        list_filter(turns, lambda turn: turn.sender = 'customer') as customer_turns,
        list_filter(turns, lambda turn: turn.sender = 'agent') as agent_turns
    from turns
),

spoken as (
    select
        interaction_id,
        started_at,
        ended_at,
        nullif(array_to_string(list_transform(turns, lambda turn: turn.sender || ': ' || turn.text), chr(10)), '') as transcript,
        case
            when len(list_filter(customer_turns, lambda turn: turn.text is not null)) > 0
                then array_to_string(list_transform(customer_turns, lambda turn: turn.text), chr(10))
        end as customer_text,
        len(turns) as messages,
        turns[-1].sender as last_sender,
        len(agent_turns) > 0 as is_answered,
        list_filter(customer_turns, lambda turn: turn.text is not null)[-1].text as last_customer_text,
        customer_turns[-1].position as last_customer_position,
        agent_turns[1].position as first_agent_position
    from sides
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
