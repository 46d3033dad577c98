{#- The agents who answer; the first hired are the ones who are asked most. -#}
{% macro generated_agents_file(start, seed) %}
with agents as (
    select unnest(range(1, {{ generated_agent_count() }} + 1))::integer as agent_no
)

select
    'A' || lpad(agent_no::varchar, 2, '0') as agent_id,
    {{ pick(draw(seed, 'agent_given', 'agent_no'), ['Alma', 'Bruno', 'Chloe', 'Dario', 'Emil', 'Freya', 'Gita', 'Hugo', 'Ines', 'Jonas', 'Kira', 'Luca']) }}
    || ' ' || {{ pick(draw(seed, 'agent_family', 'agent_no'), ['Arendt', 'Brandt', 'Carlsson', 'Duarte', 'Ekberg', 'Ferrari', 'Greco', 'Horvat', 'Iversen', 'Janssen']) }} as name,
    {{ pick_weighted(draw(seed, 'team', 'agent_no'), [['first_line', 500], ['billing', 250], ['technical', 180], ['escalations', 70]]) }} as team,
    -- From six years before the first ticket to a month before it; who is quick has been here longer, on the whole.
    strftime(
        '{{ start }}'::timestamp - to_days((30 + 1500 * (1 - {{ draw(seed, 'skill', 'agent_no') }}) + 660 * {{ draw(seed, 'hired', 'agent_no') }})::integer),
        '%Y-%m-%d'
    ) as hired_at
from agents
order by agent_no
{% endmacro %}


{#- What customers say of solved tickets: worse after a long wait, after a reopening, and by agent. -#}
{% macro generated_satisfaction_file(tickets, start, days, seed) %}
with tickets as (
    {{ generated_tickets(tickets, start, days, seed) }}
),

felt as (
    select
        ticket_no,
        exported_at,
        4.6
        - 0.35 * ln(1 + response_minutes / 30)
        - 0.25 * ln(1 + work_minutes / 120)
        - case when is_reopened then 0.9 else 0 end
        - 0.9 * ({{ generated_slowness(seed) }} - 1)
        + 0.9 * {{ draw_normal(seed, 'mood') }} as feeling,
        ended_at + to_seconds((3600 * (0.5 + 40 * {{ draw(seed, 'rated_after') }}))::bigint) as rated_at
    from tickets
    where
        status in ('resolved', 'closed_without_solution') and not is_unanswered
        and {{ draw(seed, 'rates') }} < case when status = 'resolved' then 0.38 else 0.2 end
),

rated as (
    select
        *,
        greatest(1, least(5, round(feeling)))::integer as rating
    from felt
    where rated_at <= exported_at
)

select
    {{ generated_id('T', 'ticket_no', tickets) }} as ticket_id,
    rating,
    strftime(rated_at, '%Y-%m-%dT%H:%M:%SZ') as rated_at,
    case
        when {{ draw(seed, 'comments') }} >= 0.4 then null
        when rating >= 4 then {{ pick(draw(seed, 'comment'), ['Quick and friendly', 'Solved at once, thank you', 'Great help', 'All good now']) }}
        when rating = 3 then {{ pick(draw(seed, 'comment'), ['It took a while', 'Fine in the end', 'I had to ask twice']) }}
        else {{ pick(draw(seed, 'comment'), ['Nobody understood my problem', 'Far too slow', 'Still not solved', '=worst support ever']) }}
    end as comment
from rated
order by ticket_no
{% endmacro %}
