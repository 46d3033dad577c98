with raw as (
    {{ read_input('agents_raw', ['agent_id', 'name', 'team', 'hired_at']) }}
)

select
    agent_id,
    name,
    lower(team) as team,
    {{ utc_timestamp('hired_at') }}::date as hired_on
from raw
