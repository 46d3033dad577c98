with conversations as (
    select
        convo_id,
        scenario,
        original
    from read_json(
        '{{ var("abcd_path") | replace("'", "''") }}',
        columns = {
            convo_id: 'varchar',
            scenario: 'struct(personal struct(customer_name varchar, email varchar), flow varchar, subflow varchar)',
            original: 'varchar[][]'
        },
        maximum_object_size = 268435456
    )
)

select
    convo_id as id,
    [
        {id: 'customer', type: 'customer', name: scenario.personal.customer_name, email: scenario.personal.email},
        {id: 'agent', type: 'agent', name: null, email: null}
    ] as users,
    [{
        id: convo_id,
        -- A turn is who and what. An `action` is no message but what the agent's program did.
        events: list_transform(
            original,
            lambda turn: {author: turn[1], type: case when turn[1] = 'action' then 'system' else 'message' end, text: turn[2]}
        )
    }] as threads,
    [scenario.flow, scenario.subflow] as tags
from conversations
