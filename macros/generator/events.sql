{#- The log of what happened to each ticket. Each kind of event has its own number, so that an id needs no counting. -#}
{% macro generated_events_file(tickets, start, days, seed) %}
with tickets as (
    {{ generated_tickets(tickets, start, days, seed) }}
),

planned as (
    select
        *,
        date_diff('second', response_at, finished_at) as work_seconds
    from tickets
),

events as (
    select
        ticket_no,
        exported_at,
        status,
        unnest([
            {event_no: 1, event_type: 'assigned', event_at: created_at + to_seconds((24 * response_minutes)::bigint), agent_id: agent_id},
            {event_no: 2, event_type: 'agent_reply', event_at: case when not is_unanswered then response_at end, agent_id: agent_id},
            {
                event_no: 3,
                event_type: 'internal_note',
                event_at: case when {{ draw(seed, 'note') }} < 0.12 and not is_unanswered then response_at + to_seconds(work_seconds // 5) end,
                agent_id: agent_id
            },
            {% for round in [1, 2, 3] -%}
            {
                event_no: {{ 2 + 2 * round }},
                event_type: 'customer_reply',
                event_at: case when rounds >= {{ round }} and not is_unanswered then response_at + to_seconds(work_seconds * {{ 4 * round - 2 }} // 14) end,
                agent_id: null
            },
            {
                event_no: {{ 3 + 2 * round }},
                event_type: 'agent_reply',
                event_at: case when rounds >= {{ round }} and not is_unanswered then response_at + to_seconds(work_seconds * {{ 4 * round }} // 14) end,
                agent_id: agent_id
            },
            {% endfor -%}
            {
                event_no: 10,
                event_type: 'escalated',
                event_at: case
                    when status = 'escalated' or ({{ draw(seed, 'escalation') }} < 0.03 and not is_unanswered)
                        then response_at + to_seconds(work_seconds * 13 // 14)
                end,
                -- Somebody else takes it over.
                agent_id: 'A' || lpad(({{ generated_agent_count() }} + 1 - agent_no)::varchar, 2, '0')
            },
            {
                event_no: 11,
                event_type: 'resolved',
                event_at: case when status = 'resolved' or (is_reopened and outcome = 'resolved' and not is_unanswered) then finished_at end,
                agent_id: agent_id
            },
            {
                event_no: 12,
                event_type: 'reopened',
                event_at: case when status = 'resolved' or (outcome = 'resolved' and not is_unanswered) then reopened_at end,
                agent_id: null
            },
            {
                event_no: 13,
                event_type: 'resolved',
                event_at: case when status = 'resolved' and is_reopened then ended_at end,
                agent_id: agent_id
            },
            {
                event_no: 14,
                event_type: 'closed',
                event_at: case when status = 'closed_without_solution' then ended_at end,
                agent_id: agent_id
            }
        ], recursive := true)
    from planned
)

select
    {{ generated_id('E', 'ticket_no', tickets) }} || '-' || event_no as event_id,
    {{ generated_id('T', 'ticket_no', tickets) }} as ticket_id,
    strftime(event_at, '%Y-%m-%dT%H:%M:%SZ') as event_at,
    event_type,
    agent_id
from events
where event_at <= exported_at
order by ticket_no, events.event_at, event_no
{% endmacro %}
