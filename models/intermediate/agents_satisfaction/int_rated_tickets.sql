-- Each rated ticket with each factor that may have made the rating, one factor a row; what is not known has no row.
with ratings as (
    select * from {{ ref('stg_satisfaction') }}
),

tickets as (
    select * from {{ ref('int_tickets') }}
),

activity as (
    select * from {{ ref('int_ticket_activity') }}
),

agents as (
    select * from {{ ref('stg_agents') }}
),

joined as (
    select
        ratings.ticket_id,
        ratings.rating,
        unnest([
            {factor: 'first_response_minutes', value: tickets.first_response_time},
            {factor: 'resolution_hours', value: tickets.resolution_minutes / 60},
            {factor: 'interaction_count', value: activity.interaction_count::double},
            {factor: 'distinct_agents', value: activity.distinct_agents::double},
            {factor: 'agent_experience_months', value: date_sub('month', agents.hired_on, tickets.created_day)::double},
            {factor: 'reopened', value: activity.is_reopened::integer::double}
        ], recursive := true)
    from ratings
    inner join tickets on ratings.ticket_id = tickets.ticket_id
    inner join activity on ratings.ticket_id = activity.ticket_id
    left join agents on activity.agent_id = agents.agent_id
)

select
    ticket_id,
    rating,
    factor,
    -- As decimals: sums are then exact whatever the order of the rows. Of 19 digits, so that their squares have 38.
    value::decimal(19, 6) as value
from joined
where value is not null
