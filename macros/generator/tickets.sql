{#- As many users as one in eight tickets; heavy users write most. -#}
{% macro generated_user_count(tickets) -%}
    {{- return([tickets // 8, 20] | max) -}}
{%- endmacro %}


{#- The tickets as they would stand in the ticket system on the day of the export: what lies after it has not happened yet. -#}
{% macro generated_tickets(tickets, start, days, seed) %}
with hours as (
    -- Hour of the day, day of the week, month, holidays and a slow growth give each hour its weight, in whole numbers.
    select
        '{{ start }}'::timestamp + to_hours(hour_no) as hour_start,
        [2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 10, 11, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3][1 + hour_no % 24]
        * [125, 118, 110, 106, 102, 68, 60][isodow('{{ start }}'::timestamp + to_hours(hour_no))]
        * [96, 90, 94, 97, 99, 95, 88, 86, 100, 106, 128, 121][month('{{ start }}'::timestamp + to_hours(hour_no))]
        * {{ generated_season("'" ~ start ~ "'::timestamp + to_hours(hour_no)") }}
        * (1000 + 300 * hour_no // ({{ days }} * 24))
        -- No hour is like another: about as uneven as if everybody wrote by chance.
        * floor(4000 * power({{ draw(seed, 'hour', 'hour_no') }}, 3))::bigint as weight
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

asked as (
    select
        *,
        -- Some write for a business, and then mostly about what a merchant meets.
        {{ generated_is_merchant(seed, 'creator_id') }} and {{ draw(seed, 'merchant_issue') }} < 0.6 as is_merchant_issue,
        (1 + floor({{ generated_agent_count() }} * power({{ draw(seed, 'agent') }}, 1.3)))::integer as agent_no
    from authored
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
    from asked
),

timed as (
    select
        *,
        -- Minutes to the first response: log-normal, slower by channel, at night and at the weekend, at most a week.
        least(
            10080,
            round(
                case channel when 'chatbot' then 0.6 when 'whatsapp' then 11 when 'in_app' then 24 else 95 end
                * {{ generated_slowness(seed) }}
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
            * {{ generated_slowness(seed) }}
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
        -- What a slow agent solves comes back more often.
        {{ draw(seed, 'returns') }} < 0.05 * {{ generated_slowness(seed) }} as is_reopened,
        {{ pick_weighted(draw(seed, 'outcome'), [['resolved', 850], ['pending', 40], ['escalated', 35], ['closed_without_solution', 75]]) }} as outcome,
        'A' || lpad(agent_no::varchar, 2, '0') as agent_id
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


{#- How much of an average day's mail a day brings, in percent: little on public holidays, much around Black Friday. -#}
{% macro generated_season(moment) -%}
    case
        when strftime({{ moment }}, '%m-%d') in ('01-01', '05-01', '12-24', '12-25', '12-26', '12-31') then 35
        when month({{ moment }}) = 11 and isodow({{ moment }}) in (5, 6) and day({{ moment }}) between 22 and 29 then 190
        when strftime({{ moment }}, '%m-%d') in ('12-27', '12-28', '01-02', '01-03') then 140
        else 100
    end
{%- endmacro %}


{% macro generated_agent_count() -%}
    {{- return(24) -}}
{%- endmacro %}


{#- How long an agent takes compared with the others, about 0.6 to 1.5: some are better than others. -#}
{% macro generated_slowness(seed) -%}
    (0.6 + 0.9 * {{ draw(seed, 'skill', 'agent_no') }})
{%- endmacro %}
