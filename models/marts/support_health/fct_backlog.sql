with tickets as (
    select * from {{ ref('int_tickets') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

-- A status without tickets is a row with 0: an empty backlog is news, a missing row is a question.
statuses as (
    select unnest({{ sql_text_list(var('backlog_statuses')) }}) as status
),

ages as (
    select
        tickets.status,
        date_diff('microsecond', tickets.created_at, context.as_of) as age
    from tickets
    cross join context
)

select
    statuses.status,
    count(ages.status) as tickets,
    avg(ages.age) / 3600e6 as age_hours_avg,
    quantile_cont(ages.age::double, 0.5) / 3600e6 as age_hours_median,
    quantile_cont(ages.age::double, 0.95) / 3600e6 as age_hours_p95
from statuses
left join ages on statuses.status = ages.status
group by all
