with issues as (
    select * from {{ ref('fct_merchant_issues') }}
),

businesses as (
    select * from {{ ref('dim_businesses') }}
),

-- A business counts once for an issue, however often it writes.
affected as (
    select
        issue_category,
        issue_subcategory,
        sum(order_volume_90d)::bigint as affected_order_volume
    from (
        select distinct
            issues.issue_category,
            issues.issue_subcategory,
            businesses.business_id,
            businesses.order_volume_90d
        from issues
        inner join businesses on issues.business_id = businesses.business_id
    )
    group by all
),

counted as (
    select
        issue_category,
        issue_subcategory,
        count(*) as tickets,
        count(*) filter (where segment = 'vip') as vip_tickets
    from issues
    group by all
),

scored as (
    select
        counted.*,
        affected.affected_order_volume,
        -- Each part against the worst issue: how often, how much by important customers, how much business hangs on it.
        {{ var('priority_weight_tickets') }} * counted.tickets / max(counted.tickets) over ()
        + {{ var('priority_weight_vip') }} * coalesce(counted.vip_tickets / nullif(max(counted.vip_tickets) over (), 0), 0)
        + {{ var('priority_weight_volume') }}
        * coalesce(affected.affected_order_volume / nullif(max(affected.affected_order_volume) over (), 0), 0) as priority_score
    from counted
    inner join affected
        on counted.issue_category = affected.issue_category and counted.issue_subcategory = affected.issue_subcategory
)

select
    issue_category,
    issue_subcategory,
    tickets,
    vip_tickets,
    affected_order_volume,
    priority_score,
    row_number() over (order by priority_score desc, issue_category, issue_subcategory) as priority_rank
from scored
