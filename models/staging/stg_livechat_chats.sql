-- Chats of the export, one JSON text each. A file holds an array of chats, one chat a line, or one object with a list `chats`.
-- What is of another kind than it should be (users that are no list) counts as not there.
with raw as (
    {% if has_files('livechat', '*.json') -%}
    select json
    from read_json_objects({{ sql_text(input_files('livechat', '*.json')) }}, format = 'auto', maximum_object_size = 268435456)
    {%- else -%}
    select null::json as json where false
    {%- endif %}
),

listed as (
    select unnest(case when json_exists(json, '$.chats') then try_cast(json -> '$.chats' as json[]) else [json] end) as chat
    from raw
)

select
    coalesce(chat ->> '$.id', chat ->> '$.chat_id') as chat_id,
    coalesce(try_cast(chat -> '$.users' as json[]), []) as users,
    -- Newer exports have one `thread` a chat, older ones a list.
    coalesce(try_cast(chat -> '$.threads' as json[]), case when json_exists(chat, '$.thread') then [chat -> '$.thread'] end, []) as threads,
    lower(coalesce(chat ->> '$.rating.score', chat ->> '$.rating.value', chat ->> '$.rating')) as rating,
    coalesce(try_cast(chat -> '$.tags' as varchar[]), []) as tags
from listed
where coalesce(chat ->> '$.id', chat ->> '$.chat_id') is not null
qualify row_number() over (partition by chat_id order by json_array_length(chat -> '$.threads') desc nulls last, chat::varchar) = 1
