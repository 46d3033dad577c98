-- What was said in each chat, by whom. Events that are no messages (joined, left, archived) are left out.
with chats as (
    select * from {{ ref('stg_livechat_chats') }}
),

people as (
    select
        chat_id,
        person ->> '$.id' as user_id,
        lower(person ->> '$.type') as user_type
    from (select chat_id, unnest(users) as person from chats)
),

threads as (
    select
        chat_id,
        unnest(threads) as thread,
        generate_subscripts(threads, 1) as thread_no
    from chats
),

events as (
    select
        chat_id,
        thread_no,
        unnest(coalesce(try_cast(thread -> '$.events' as json[]), [])) as event,
        generate_subscripts(coalesce(try_cast(thread -> '$.events' as json[]), []), 1) as event_no
    from threads
),

read as (
    select
        chat_id,
        thread_no,
        event_no,
        coalesce(event ->> '$.author_id', event ->> '$.author.id', event ->> '$.author') as author,
        lower(coalesce(event ->> '$.type', 'message')) as event_type,
        nullif(trim(coalesce(event ->> '$.text', event ->> '$.message')), '') as text,
        {{ utc_timestamp_if_any("coalesce(event ->> '$.created_at', event ->> '$.timestamp')") }} as sent_at
    from events
)

select
    read.chat_id,
    row_number() over (partition by read.chat_id order by read.thread_no, read.event_no) as position,
    case
        when coalesce(people.user_type, lower(read.author)) in ('customer', 'visitor', 'client', 'user') then 'customer'
        when coalesce(people.user_type, lower(read.author)) in ('bot', 'chatbot') then 'bot'
        else 'agent'
    end as sender,
    read.sent_at,
    read.text
from read
left join people on read.chat_id = people.chat_id and read.author = people.user_id
where read.text is not null and read.event_type in ('message', 'chat_message', 'text') and coalesce(read.author, '') <> 'system'
