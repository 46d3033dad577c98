-- The last complete ISO week and the one before, with what the report compares.
with context as (
    select * from {{ ref('int_run_context') }}
),

tickets as (
    select * from {{ ref('fct_tickets_weekly') }}
),

responses as (
    select * from {{ ref('fct_sla_weekly') }}
),

contacts as (
    select * from {{ ref('fct_fcr_weekly') }}
),

service as (
    select
        week_start,
        sum(met)::bigint as met,
        sum(breached)::bigint as breached
    from {{ ref('fct_sla_compliance') }}
    group by all
),

ratings as (
    select
        {{ week_start('day') }} as week_start,
        sum(ratings)::bigint as ratings,
        sum(round(csat_avg * ratings))::bigint as points
    from {{ ref('fct_csat_daily') }}
    group by all
),

complete as (
    select
        tickets.*,
        row_number() over (order by tickets.week_start desc) as age
    from tickets
    cross join context
    where tickets.week_start + interval 7 day <= context.as_of + interval 1 hour
)

select
    case complete.age when 1 then 'this' else 'last' end as week,
    complete.week_start,
    complete.tickets,
    complete.resolved,
    responses.frt_median,
    responses.frt_p95,
    contacts.fcr_lenient_rate,
    {{ rate('service.met', 'service.met + service.breached') }} as sla_rate,
    coalesce(service.breached, 0) as breached,
    {{ rate('ratings.points', 'ratings.ratings') }} as csat
from complete
left join responses on complete.week_start = responses.week_start
left join contacts on complete.week_start = contacts.week_start
left join service on complete.week_start = service.week_start
left join ratings on complete.week_start = ratings.week_start
where complete.age <= 2
