with issues as (
    select * from {{ ref('fct_merchant_issues') }}
),

context as (
    select * from {{ ref('int_run_context') }}
),

counted as (
    select
        issues.issue_category,
        issues.issue_subcategory,
        count(*) as tickets,
        count(distinct issues.business_id) as businesses,
        min(issues.created_at) as first_seen,
        max(issues.created_at) as last_seen,
        count(*) filter (where issues.created_at > context.as_of - interval 30 day) as tickets_30d,
        count(*) filter (
            where issues.created_at <= context.as_of - interval 30 day and issues.created_at > context.as_of - interval 60 day
        ) as tickets_prior_30d,
        count(distinct issues.business_id) filter (where issues.created_at > context.as_of - interval 30 day) as businesses_30d
    from issues
    cross join context
    group by all
)

select
    issue_category,
    issue_subcategory,
    tickets,
    businesses,
    first_seen,
    last_seen,
    tickets_30d,
    tickets_prior_30d,
    tickets_30d >= {{ var('recurring_tickets') }} and businesses_30d >= {{ var('recurring_businesses') }} as is_recurring
from counted
