{#- Writes synthetic inputs of any size: tickets_raw, users_raw and ticket_events_raw.

        run-operation generate_support_data --args '{tickets: 2000, folder: data}'

    Every draw is a hash of the seed, the ticket's number and what is drawn, never random(): the same arguments give the same
    bytes on any number of threads, and no draw depends on another. The folder must exist. -#}
{% macro generate_support_data(tickets=2000, folder='data', start='2025-01-01', days=365, seed='acme') %}
    {%- set files = {
        'tickets_raw': generated_tickets_file(tickets, start, days, seed),
        'users_raw': generated_users_file(tickets, start, seed),
        'ticket_events_raw': generated_events_file(tickets, start, days, seed),
    } -%}
    {%- for name, query in files.items() -%}
        {%- set path = folder ~ '/' ~ name ~ '.csv' -%}
        {%- do run_query('copy (' ~ query ~ ') to ' ~ sql_text(path) ~ ' (format csv, header true)') -%}
        {%- do log('wrote ' ~ path, info=true) -%}
    {%- endfor -%}
{% endmacro %}


{#- A number in [0, 1) that belongs to `key` and `what`. -#}
{% macro draw(seed, what, key='ticket_no') -%}
    ((md5_number_lower('{{ seed }}:{{ what }}:' || {{ key }}) >> 11) / 9007199254740992)
{%- endmacro %}


{#- About normal with mean 0 and deviation 1: the sum of three even draws, so that no outlier is absurd. -#}
{% macro draw_normal(seed, what, key='ticket_no') -%}
    (2 * ({{ draw(seed, what ~ 1, key) }} + {{ draw(seed, what ~ 2, key) }} + {{ draw(seed, what ~ 3, key) }} - 1.5))
{%- endmacro %}


{#- One of the texts, all equally likely. -#}
{% macro pick(number, texts) -%}
    {{ sql_text_list(texts) }}[1 + floor({{ number }} * {{ texts | length }})::integer]
{%- endmacro %}


{#- One of the texts by weight: `choices` is a list of [text, parts of 1000]. -#}
{% macro pick_weighted(number, choices) -%}
    case
    {%- set passed = namespace(parts=0) -%}
    {%- for choice in choices -%}
        {%- set passed.parts = passed.parts + choice[1] -%}
        {%- if not loop.last %} when {{ number }} * 1000 < {{ passed.parts }} then {{ sql_text(choice[0]) }}
        {%- else %} else {{ sql_text(choice[0]) }} {% endif -%}
    {%- endfor -%}
    end
{%- endmacro %}


{#- A letter and a number, as wide as the largest number of a set of this size. -#}
{% macro generated_id(letter, number, tickets) -%}
    '{{ letter }}' || lpad(({{ number }})::varchar, {{ tickets | string | length }}, '0')
{%- endmacro %}


{#- As many users as one in eight tickets; heavy users write most. -#}
{% macro generated_user_count(tickets) -%}
    {{- return([tickets // 8, 20] | max) -}}
{%- endmacro %}


{#- The tickets as they would stand in the ticket system on the day of the export: what lies after it has not happened yet. -#}
{% macro generated_tickets(tickets, start, days, seed) %}
with hours as (
    -- Hour of the day, day of the week, month and a slow growth give each hour its weight, in whole numbers.
    select
        '{{ start }}'::timestamp + to_hours(hour_no) as hour_start,
        [2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 10, 11, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3][1 + hour_no % 24]
        * [125, 118, 110, 106, 102, 68, 60][isodow('{{ start }}'::timestamp + to_hours(hour_no))]
        * [96, 90, 94, 97, 99, 95, 88, 86, 100, 106, 128, 121][month('{{ start }}'::timestamp + to_hours(hour_no))]
        * (1000 + 300 * hour_no // ({{ days }} * 24)) as weight
    from range({{ days }} * 24) as hours (hour_no)
),

shares as (
    select
        hour_start,
        sum(weight) over (order by hour_start rows between unbounded preceding and current row) as passed,
        weight,
        sum(weight) over () as total
    from hours
),

arrivals as (
    select
        hour_start,
        unnest(range(
            ((passed - weight) * {{ tickets }} // total)::bigint + 1,
            (passed * {{ tickets }} // total)::bigint + 1
        )) as ticket_no
    from shares
),

authored as (
    select
        ticket_no,
        hour_start + to_seconds(floor(3600 * {{ draw(seed, 'second') }})::bigint) as created_at,
        {{ pick_weighted(draw(seed, 'channel'), [['whatsapp', 380], ['email', 250], ['in_app', 220], ['chatbot', 150]]) }} as channel,
        case
            -- Before Christmas more people are in a hurry to buy.
            when month(hour_start) >= 11
                then {{ pick_weighted(draw(seed, 'category'), [['checkout', 460], ['financial', 250], ['engagement', 190], ['others', 100]]) }}
            else {{ pick_weighted(draw(seed, 'category'), [['checkout', 330], ['financial', 310], ['engagement', 230], ['others', 130]]) }}
        end as subject,
        case
            -- Accounts that have been deleted since.
            when {{ draw(seed, 'deleted') }} < 0.025 then 'X' || floor(10000 * {{ draw(seed, 'ghost') }})::integer
            else {{ generated_id('U', '(1 + floor(' ~ generated_user_count(tickets) ~ ' * power(' ~ draw(seed, 'creator') ~ ', 2)))::bigint', tickets) }}
        end as creator_id
    from arrivals
),

worded as (
    select
        *,
        {{ generated_message(seed) }} as message_text,
        case
            when {{ draw(seed, 'untagged') }} < 0.32 then null
            -- People mistag, too.
            when {{ draw(seed, 'mistagged') }} < 0.05
                then {{ pick(draw(seed, 'mistag'), ['checkout', 'financial', 'engagement', 'others']) }}
            else subject
        end as tag
    from authored
),

timed as (
    select
        *,
        -- Minutes to the first response: log-normal, slower by channel, at night and at the weekend, at most a week.
        least(
            10080,
            round(
                case channel when 'chatbot' then 0.6 when 'whatsapp' then 11 when 'in_app' then 24 else 95 end
                * exp(case channel when 'chatbot' then 0.4 else 0.95 end * {{ draw_normal(seed, 'response') }})
                * case when channel <> 'chatbot' and hour(created_at) not between 7 and 19 then 3.2 else 1 end
                * case when channel <> 'chatbot' and isodow(created_at) > 5 then 1.8 else 1 end
                * case when {{ draw(seed, 'forgotten') }} < 0.008 then 25 else 1 end,
                1
            )
        ) as response_minutes,
        round(
            case subject when 'financial' then 130 when 'checkout' then 45 when 'engagement' then 60 else 75 end
            * case channel when 'chatbot' then 0.2 when 'email' then 2.5 else 1 end
            * exp(1.1 * {{ draw_normal(seed, 'work') }}),
            1
        ) as work_minutes,
        -- Rounds of question and answer between the first response and the end.
        case
            when {{ draw(seed, 'rounds') }} < 0.55 then 0
            when {{ draw(seed, 'rounds') }} < 0.80 then 1
            when {{ draw(seed, 'rounds') }} < 0.93 then 2
            else 3
        end as rounds,
        {{ draw(seed, 'returns') }} < 0.06 as is_reopened,
        {{ pick_weighted(draw(seed, 'outcome'), [['resolved', 850], ['pending', 40], ['escalated', 35], ['closed_without_solution', 75]]) }} as outcome,
        'A' || lpad((1 + floor(24 * power({{ draw(seed, 'agent') }}, 1.3)))::integer::varchar, 2, '0') as agent_id
    from worded
),

planned as (
    select
        *,
        created_at + to_seconds((60 * response_minutes)::bigint) as response_at,
        created_at + to_seconds((60 * (response_minutes + work_minutes))::bigint) as finished_at,
        '{{ start }}'::timestamp + to_days({{ days }}) as exported_at
    from timed
),

settled as (
    select
        *,
        -- A ticket that came back is resolved again some hours to days later.
        case
            when is_reopened then finished_at + to_seconds((3600 * (4 + 90 * {{ draw(seed, 'return_after') }}))::bigint)
        end as reopened_at,
        case
            when is_reopened then finished_at + to_seconds((3600 * (6 + 130 * {{ draw(seed, 'return_after') }}))::bigint)
            else finished_at
        end as ended_at
    from planned
),

closed as (
    select
        *,
        case
            when ended_at > exported_at and outcome in ('resolved', 'closed_without_solution') then 'pending'
            -- Few old tickets are still open: most of those drawn so have been solved in the end.
            when
                outcome in ('pending', 'escalated') and {{ draw(seed, 'old') }} < 0.7
                and created_at < exported_at - to_days(21) and ended_at <= exported_at
                then 'resolved'
            else outcome
        end as status
    from settled
)

select
    *,
    -- Who waits or has given up was often not answered at all.
    (status = 'pending' and {{ draw(seed, 'unanswered') }} < 0.6)
    or (status = 'closed_without_solution' and {{ draw(seed, 'unanswered') }} < 0.25)
    or response_at > exported_at as is_unanswered
from closed
{% endmacro %}


{% macro generated_tickets_file(tickets, start, days, seed) %}
with tickets as (
    {{ generated_tickets(tickets, start, days, seed) }}
)

select
    {{ generated_id('T', 'ticket_no', tickets) }} as ticket_id,
    strftime(created_at, '%Y-%m-%dT%H:%M:%SZ') as created_at,
    case when status = 'resolved' then strftime(ended_at, '%Y-%m-%dT%H:%M:%SZ') end as resolved_at,
    status,
    channel,
    creator_id,
    tag,
    case when not is_unanswered then response_minutes::decimal(10, 1) end as first_response_time,
    message_text
from tickets
order by ticket_no
{% endmacro %}


{% macro generated_users_file(tickets, start, seed) %}
with users as (
    select unnest(range(1, {{ generated_user_count(tickets) }} + 1)) as user_no
),

named as (
    select
        user_no,
        {{ pick(draw(seed, 'given', 'user_no'), [
            'Ada', 'Ben', 'Carla', 'Deniz', 'Elif', 'Farah', 'Goran', 'Hana', 'Ivo', 'Jana', 'Kofi', 'Lena', 'Mateo', 'Nadia',
            'Omar', 'Paula', 'Quinn', 'Rosa', 'Samir', 'Tara', 'Uma', 'Viktor', 'Wanda', 'Yusuf', 'Zoe'
        ]) }} as given_name,
        {{ pick(draw(seed, 'family', 'user_no'), [
            'Adler', 'Bianchi', 'Costa', 'Dimitrov', 'Eriksen', 'Fischer', 'Garcia', 'Haddad', 'Ito', 'Jensen', 'Kaya', 'Lopez',
            'Meyer', 'Novak', 'Okafor', 'Petrov', 'Rossi', 'Silva', 'Tanaka', 'Weber'
        ]) }} as family_name
    from users
)

select
    {{ generated_id('U', 'user_no', tickets) }} as creator_id,
    given_name || ' ' || family_name as name,
    lower(given_name || '.' || family_name) || user_no || '@example.com' as email,
    {{ pick_weighted(draw(seed, 'plan', 'user_no'), [['free', 620], ['pro', 280], ['premium', 100]]) }} as plan_tier,
    strftime(
        '{{ start }}'::timestamp - to_seconds(floor(63072000 * {{ draw(seed, 'signed_up', 'user_no') }})::bigint),
        '%Y-%m-%dT%H:%M:%SZ'
    ) as signed_up_at
from named
order by user_no
{% endmacro %}


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
                agent_id: agent_id
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
