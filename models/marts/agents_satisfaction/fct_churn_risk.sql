with tickets as (
    select * from {{ ref('int_tickets') }}
    where creator_id is not null
),

activity as (
    select * from {{ ref('int_ticket_activity') }}
),

ratings as (
    select * from {{ ref('stg_satisfaction') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

counted as (
    select
        tickets.creator_id,
        count(*) filter (where tickets.created_at > context.as_of - interval 30 day) as tickets_30d,
        count(*) filter (where tickets.created_at > context.as_of - interval 90 day) as tickets_90d,
        count(*) filter (where list_contains({{ sql_text_list(var('backlog_statuses')) }}, tickets.status)) as unresolved,
        count(*) filter (
            where tickets.created_at > context.as_of - interval 90 day
            and (tickets.status = 'escalated' or coalesce(activity.escalations, 0) > 0)
        ) as escalated,
        count(*) filter (where tickets.created_at > context.as_of - interval 90 day and coalesce(activity.is_reopened, false)) as reopened,
        count(*) filter (where ratings.rating <= 2 and ratings.rated_at > context.as_of - interval 90 day) as low_ratings_90d
    from tickets
    cross join context
    inner join activity on tickets.ticket_id = activity.ticket_id
    left join ratings on tickets.ticket_id = ratings.ticket_id
    group by all
),

scored as (
    select
        *,
        -- Whole hundredths, so that bands have exact borders.
        least(100,
            case when unresolved > 0 then {{ var('churn_points_unresolved') }} else 0 end
            + case when escalated > 0 then {{ var('churn_points_escalated') }} else 0 end
            + case when reopened > 0 then {{ var('churn_points_reopened') }} else 0 end
            + case when low_ratings_90d > 0 then {{ var('churn_points_low_rating') }} else 0 end
            + case when tickets_30d >= {{ var('churn_many_tickets') }} then {{ var('churn_points_many_tickets') }} else 0 end
        ) as points
    from counted
)

select
    creator_id,
    tickets_30d,
    tickets_90d,
    unresolved,
    escalated,
    reopened,
    low_ratings_90d,
    points / 100 as risk_score,
    case when points >= {{ var('churn_high_from') }} then 'high' when points >= {{ var('churn_medium_from') }} then 'medium' else 'low' end as risk_band,
    nullif(concat_ws(', ',
        case when unresolved > 0 then unresolved || ' unresolved' end,
        case when escalated > 0 then escalated || ' escalated in 90 days' end,
        case when reopened > 0 then reopened || ' reopened in 90 days' end,
        case when low_ratings_90d > 0 then low_ratings_90d || ' low ratings in 90 days' end,
        case when tickets_30d >= {{ var('churn_many_tickets') }} then tickets_30d || ' tickets in 30 days' end
    ), '') as reasons
from scored
