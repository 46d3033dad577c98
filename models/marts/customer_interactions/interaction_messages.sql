with chats as (
    select * from {{ ref('int_livechat_messages') }}
),

mails as (
    select * from {{ ref('int_mail_threads') }}
)

select
    'chat:' || chat_id || ':' || position as message_id,
    'chat:' || chat_id as interaction_id,
    position::bigint as position,
    sender,
    sent_at,
    text
from chats
union all
select
    'mail:' || message_id as message_id,
    'mail:' || thread_id as interaction_id,
    position,
    sender,
    sent_at,
    text
from mails
