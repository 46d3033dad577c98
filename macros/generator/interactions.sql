{#- What customers of a shop write about, by category: openings, and an answer that an agent gives. -#}
{% macro generated_topics() %}
    {{- return({
        'order_tracking': [180, ['Where is my order', 'The tracking link has not moved for five days', 'Has my parcel been sent yet', 'When will my order arrive'], 'Your parcel is on its way and should arrive within two days.'],
        'order_issue': [110, ['An item is missing in my parcel', 'I received the wrong size', 'The glass arrived broken', 'The lamp is damaged and does not switch on'], 'I am sorry about that, we send a replacement today.'],
        'payment': [90, ['My card was declined', 'I was charged twice', 'PayPal does not open', 'The payment failed but the money is gone'], 'The payment has been checked, the second charge was released.'],
        'returns': [120, ['How do I return these shoes', 'When do I get my refund', 'I need a return label', 'I want to send the jacket back'], 'Here is your return label, the refund takes five days.'],
        'order_change': [60, ['Please change the delivery address of my order', 'Can I cancel my order', 'I ordered the wrong colour, can you change it', 'Add one more piece to my order please'], 'I have changed the order for you.'],
        'product_inquiry': [110, ['Is this jacket waterproof', 'Which size fits 180 cm', 'Do you have this bag in green', 'When is the blue chair back in stock'], 'Yes, it is in stock and I added the details to this chat.'],
        'shipping': [80, ['Do you ship to Norway', 'What does express shipping cost', 'Can you deliver on Saturday', 'How long does shipping take'], 'We ship there within four days for six euros.'],
        'technical': [70, ['The website shows an error when I log in', 'I cannot reset my password', 'The app crashes on the start page', 'The login code never arrives'], 'Please try again, we fixed it a minute ago.'],
        'pricing': [50, ['Do you have a student discount', 'My coupon code does not work', 'The price was lower yesterday', 'Do you match prices of other shops'], 'Here is a code for ten percent off.'],
        'complaint': [60, ['This is the third time I ask, I am very disappointed', 'Terrible service, nobody answers', 'I want to speak with your manager about this awful experience', 'I am angry, this is unacceptable'], 'I understand and have passed this to our team lead.'],
        'feedback': [40, ['I love the new packaging, great work', 'Just wanted to say thank you, excellent service', 'A suggestion: please add a wish list', 'Your new shop looks amazing'], 'Thank you for telling us!'],
        'wholesale': [30, ['Do you offer wholesale prices for 200 pieces', 'We want to become a reseller', 'Please send your bulk order conditions', 'We are a company and need a quote'], 'Our sales team sends you a quote today.'],
    }) -}}
{% endmacro %}


{#- Conversations of a source: who, when, about what, in which mood and how it ends. -#}
{% macro generated_conversations(source, conversations, start, days, seed) %}
{%- set topics = generated_topics() -%}
{%- set weights = [] -%}
{%- for topic, about in topics.items() %}{% do weights.append([topic, about[0]]) %}{% endfor -%}
{%- set key = seed ~ ':' ~ source -%}
with numbered as (
    select unnest(range(1, {{ conversations }} + 1)) as chat_no
),

drawn as (
    select
        chat_no,
        '{{ start }}'::timestamp + to_seconds(floor({{ days }} * 86400 * {{ draw(key, 'started', 'chat_no') }})::bigint) as started_at,
        {{ pick_weighted(draw(key, 'topic', 'chat_no'), weights) }} as topic,
        {{ draw(key, 'urgency', 'chat_no') }} < 0.05 as is_urgent,
        {{ draw(key, 'anger', 'chat_no') }} < 0.12 as is_angry,
        {{ draw(key, 'outcome', 'chat_no') }} as outcome,
        {{ draw(key, 'answered', 'chat_no') }} < 0.94 as is_answered,
        2 + floor(3 * {{ draw(key, 'patience', 'chat_no') }})::integer as pace,
        100000 + floor(899999 * {{ draw(key, 'order', 'chat_no') }})::integer as order_no,
        {{ pick(draw(key, 'given', 'chat_no'), ['Aino', 'Björn', 'Carmen', 'Dana', 'Élodie', 'Faruk', 'Greta', 'Hakan', 'Iris', 'João', 'Katya', 'Liam']) }} as given_name,
        {{ pick(draw(key, 'family', 'chat_no'), ['Andersson', 'Baumann', 'Çelik', 'Dupont', 'Evans', 'Fernández', 'Grönberg', 'Hughes', 'Ivanova', 'Jovanović']) }} as family_name
    from numbered
)

select
    *,
    lower(strip_accents(given_name || '.' || family_name)) || chat_no % {{ [conversations // 2, 1] | max }} || '@mail.example' as email,
    case topic
        {%- for topic, about in topics.items() %}
        when '{{ topic }}' then {{ pick(draw(key, 'opening', 'chat_no'), about[1]) }}
        {%- endfor %}
    end
    || case when topic in ('order_tracking', 'order_issue', 'returns', 'order_change') then ' (order ' || order_no || ')' else '' end
    || case when is_urgent then '. This is urgent, please answer immediately!' when is_angry then '. I am really frustrated.' else '' end as question,
    case topic
        {%- for topic, about in topics.items() %}
        when '{{ topic }}' then {{ sql_text(about[2]) }}
        {%- endfor %}
    end as answer,
    case when not is_answered then 'open' when outcome < 0.72 then 'resolved' when outcome < 0.88 then 'pending' else 'open' end as status
from drawn
{% endmacro %}


{#- Chats as LiveChat exports them: users, threads of events, a rating, tags. -#}
{% macro generated_livechat_file(conversations, start, days, seed) %}
with chats as (
    {{ generated_conversations('chat', conversations, start, days, seed) }}
)

select
    'CH' || lpad(chat_no::varchar, 7, '0') as id,
    [
        {id: 'c' || chat_no, type: 'customer', name: given_name || ' ' || family_name, email: email},
        {id: 'bot', type: 'bot', name: 'Shop bot', email: null},
        {id: 'a' || (1 + chat_no % 7), type: 'agent', name: 'Agent ' || (1 + chat_no % 7), email: 'agent' || (1 + chat_no % 7) || '@shop.example'}
    ] as users,
    [{
        id: 'TH' || lpad(chat_no::varchar, 7, '0'),
        created_at: strftime(started_at, '%Y-%m-%dT%H:%M:%SZ'),
        events: list_filter([
            {author: 'c' || chat_no, type: 'message', text: question, created_at: strftime(started_at, '%Y-%m-%dT%H:%M:%SZ')},
            {author: 'bot', type: 'message', text: 'Hello, I am the shop bot. I am getting somebody for you.', created_at: strftime(started_at + to_seconds(4), '%Y-%m-%dT%H:%M:%SZ')},
            {author: case when is_answered then 'a' || (1 + chat_no % 7) end, type: 'message', text: answer, created_at: strftime(started_at + to_seconds(60 * pace), '%Y-%m-%dT%H:%M:%SZ')},
            {author: case when is_answered and status <> 'open' then 'c' || chat_no end, type: 'message', text: case status when 'resolved' then 'Thank you, that solved it.' else 'I will try that and write again.' end, created_at: strftime(started_at + to_seconds(100 * pace), '%Y-%m-%dT%H:%M:%SZ')},
            {author: case when status = 'resolved' then 'system' end, type: 'system_message', text: 'Chat archived', created_at: strftime(started_at + to_seconds(130 * pace), '%Y-%m-%dT%H:%M:%SZ')}
        ], lambda event: event.author is not null)
    }] as threads,
    case
        when status = 'resolved' and {{ draw(seed ~ ':chat', 'rates', 'chat_no') }} < 0.4 then 'good'
        when is_angry and {{ draw(seed ~ ':chat', 'rates', 'chat_no') }} < 0.6 then 'bad'
    end as rating,
    case when {{ draw(seed ~ ':chat', 'tagged', 'chat_no') }} < 0.3 then [topic] else []::varchar[] end as tags
from chats
order by chat_no
{% endmacro %}


{#- A mailbox: question, answer and thanks of each conversation as separate messages, in the order they were sent. Some are
    quoted-printable, some HTML only, some in two parts; some answers quote, some threads have lost their references. -#}
{% macro generated_mail_file(conversations, start, days, seed) %}
{%- set key = seed ~ ':mail' -%}
with mails as (
    {{ generated_conversations('mail', conversations, start, days, seed) }}
),

messages as (
    select
        *,
        unnest([1, 2, 3]) as message_no,
        'Question ' || chat_no || ' about ' || replace(topic, '_', ' ') as subject,
        {{ draw(key, 'form', 'chat_no') }} as form
    from mails
),

written as (
    select
        *,
        chat_no || '.' || message_no || '@mail.example' as message_id,
        started_at + to_seconds(case message_no when 1 then 0 when 2 then 5400 * pace else 9000 * pace end) as sent_at,
        case when message_no = 2 then 'help@shop.example' else email end as sender,
        case
            when message_no = 2 then 'Shop Support <help@shop.example>'
            else '=?UTF-8?B?' || to_base64(encode(given_name || ' ' || family_name)) || '?= <' || email || '>'
        end as from_header,
        case when message_no = 2 then email else 'help@shop.example' end as recipient,
        case message_no
            when 1 then 'Hello,' || chr(10) || chr(10) || question || '.' || chr(10) || chr(10) || 'Best regards' || chr(10) || given_name
            when 2 then 'Hello ' || given_name || ',' || chr(10) || chr(10) || answer || chr(10) || chr(10) || 'On ' || strftime(started_at, '%a, %d %b %Y at %H:%M') || ' ' || given_name || ' wrote:' || chr(10) || '> ' || question || chr(10) || chr(10) || '-- ' || chr(10) || 'Shop Support'
            else case status when 'resolved' then 'Thank you, that solved it.' else 'I will try that and write again.' end || chr(10) || chr(10) || 'On ' || strftime(started_at, '%a, %d %b %Y at %H:%M') || ' Shop Support <help@shop.example> wrote:' || chr(10) || '> ' || answer
        end as body
    from messages
    where message_no = 1 or (is_answered and (message_no = 2 or status <> 'open'))
),

encoded as (
    select
        *,
        case
            when message_no = 1 and form < 0.15
                then 'Content-Type: text/html; charset=utf-8' || chr(10) || chr(10) || '<html><body><p>' || replace(body, chr(10), '<br>') || '</p></body></html>'
            when message_no = 1 and form < 0.35
                then 'Content-Type: multipart/alternative; boundary="b' || chat_no || '"' || chr(10) || chr(10)
                    || '--b' || chat_no || chr(10) || 'Content-Type: text/plain; charset=utf-8' || chr(10) || 'Content-Transfer-Encoding: base64' || chr(10) || chr(10)
                    || to_base64(encode(body)) || chr(10)
                    || '--b' || chat_no || chr(10) || 'Content-Type: text/html; charset=utf-8' || chr(10) || chr(10) || '<p>' || replace(body, chr(10), '<br>') || '</p>' || chr(10)
                    || '--b' || chat_no || '--'
            else 'Content-Type: text/plain; charset=utf-8' || chr(10) || 'Content-Transfer-Encoding: 8bit' || chr(10) || chr(10) || body
        end as content
    from written
)

select
    'From ' || sender || ' ' || strftime(sent_at, '%a %b %d %H:%M:%S %Y') || chr(10)
    || 'From: ' || from_header || chr(10)
    || 'To: ' || recipient || chr(10)
    || 'Subject: ' || case when message_no > 1 then 'Re: ' else '' end || subject || chr(10)
    || 'Date: ' || strftime(sent_at, '%a, %d %b %Y %H:%M:%S +0000') || chr(10)
    || 'Message-ID: <' || message_id || '>' || chr(10)
    || case
        when message_no > 1 and form < 0.95
            then 'In-Reply-To: <' || chat_no || '.' || (message_no - 1) || '@mail.example>' || chr(10)
                || 'References: ' || array_to_string([('<' || chat_no || '.' || n || '@mail.example>') for n in range(1, message_no)], ' ') || chr(10)
        else ''
    end
    || 'MIME-Version: 1.0' || chr(10)
    || content || chr(10) as message
from encoded
order by sent_at, chat_no, message_no
{% endmacro %}
