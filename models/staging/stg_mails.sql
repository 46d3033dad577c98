-- Messages of the mailboxes, each once: a message may lie in several files, or be sent to several boxes.
with raw as (
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
)

select
    -- A message without an id of its own is known by its place.
    coalesce(message_id, file || '#' || position) as message_id,
    in_reply_to,
    "references",
    sent_at,
    from_name,
    from_email,
    to_emails,
    subject,
    thread_subject,
    coalesce(reply, body) as text,
    is_automatic,
    error,
    file,
    position
from raw
qualify row_number() over (partition by coalesce(message_id, file || '#' || position) order by file, position) = 1
