-- Messages of the mailboxes, each once: a message may lie in several files, or be sent to several boxes.
with raw as materialized (
    {% if has_files('mail', '', ['mbox', 'eml']) -%}
    select * from {{ source('mail', 'messages') }}
    {%- else -%}
    select
        null::varchar as file,
        null::bigint as position,
        null::varchar as message_id,
        null::varchar as in_reply_to,
        null::varchar[] as "references",
        null::timestamp as sent_at,
        null::varchar as from_name,
        null::varchar as from_email,
        null::varchar[] as to_emails,
        null::varchar as subject,
        null::varchar as thread_subject,
        null::varchar as body,
        null::varchar as reply,
        null::boolean as is_automatic,
        null::varchar as error
    where false
    {%- endif %}
),

known as (
    select
        -- A message without an id of its own is known by its place.
        coalesce(message_id, file || '#' || position) as known_id,
        file,
        position
    from raw
),

-- Numbered without their texts: these are many times as long as all the rest.
first_places as (
    select
        known_id,
        file,
        position
    from known
    qualify row_number() over (partition by known_id order by file, position) = 1
)

select
    first_places.known_id as message_id,
    raw.in_reply_to,
    raw."references",
    raw.sent_at,
    raw.from_name,
    raw.from_email,
    raw.to_emails,
    raw.subject,
    raw.thread_subject,
    coalesce(raw.reply, raw.body) as text,
    raw.is_automatic,
    raw.error,
    raw.file,
    raw.position
from raw
inner join first_places on raw.file = first_places.file and raw.position = first_places.position
