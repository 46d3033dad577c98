with dialogues as (
    select
        conversation_id,
        vertical,
        utterances
    from read_json(
        '{{ var("taskmaster_path") | replace("'", "''") }}',
        columns = {conversation_id: 'varchar', vertical: 'varchar', utterances: 'struct(speaker varchar, "text" varchar)[]'},
        maximum_object_size = 268435456
    )
)

select
    conversation_id as id,
    [{id: 'user', type: 'customer'}, {id: 'assistant', type: 'agent'}] as users,
    [{
        id: conversation_id,
        events: list_transform(utterances, lambda said: {author: said.speaker, type: 'message', text: said.text})
    }] as threads,
    [vertical] as tags
from dialogues
