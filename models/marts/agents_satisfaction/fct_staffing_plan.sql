with forecast as (
    select * from {{ ref('fct_volume_forecast') }}
),

activity as (
    select * from {{ ref('int_ticket_activity') }}
),

agents as (
    select count(*) as agents
    from {{ ref('stg_agents') }}
),

-- Work on a ticket: the answers that it takes. Without events nobody knows, and the var says.
work as (
    select coalesce({{ exact_avg('agent_replies') }} * {{ var('minutes_per_reply') }}, {{ var('handle_minutes') }}) as handle_minutes
    from activity
)

select
    forecast.forecast_day,
    forecast.forecast,
    ceil(forecast.forecast * work.handle_minutes / (60 * {{ var('agent_hours_per_day') }}))::bigint as agents_needed,
    nullif(agents.agents, 0) as agents_available
from forecast
cross join work
cross join agents
