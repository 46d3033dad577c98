-- What to do, by stated rules: each compares a number of the report with a var and says so.
with weeks as (
    select * from {{ ref('int_report_weeks') }}
),

this_week as (
    select * from weeks where week = 'this'
),

last_week as (
    select * from weeks where week = 'last'
),

backlog as (
    select coalesce(sum(tickets), 0)::bigint as tickets
    from {{ ref('fct_backlog') }}
),

issues as (
    select
        issue_category || ' / ' || issue_subcategory as issue,
        tickets_30d
    from {{ ref('fct_recurring_issues') }}
    where is_recurring
    order by tickets_30d desc, issue
    limit 1
),

urgent as (
    select count(*) as interactions
    from {{ ref('urgent_interactions') }}
),

staffing as (
    select count(*) as days
    from {{ ref('fct_staffing_plan') }}
    where agents_needed > agents_available
),

articles as (
    select count(*) as queries
    from {{ ref('fct_kb_search') }}
    where zero_click and searches >= {{ var('report_zero_click_searches') }}
),

fired as (
    select
        1 as rule_no,
        'service_level' as rule,
        'Answer sooner: only ' || format('{:.0f}', 100 * this_week.sla_rate) || ' % of the week''s tickets were answered in time (target '
        || format('{:.0f}', 100 * {{ var('report_sla_target') }}) || ' %).' as recommendation
    from this_week
    where this_week.sla_rate < {{ var('report_sla_target') }}
    union all
    select 2, 'volume', 'Look into the rise: ' || format('{:.0f}', 100 * (this_week.tickets / last_week.tickets - 1)) || ' % more tickets than the week before.'
    from this_week cross join last_week
    where this_week.tickets > last_week.tickets * (1 + {{ var('report_volume_rise') }})
    union all
    select 3, 'backlog', 'Work off the backlog: ' || backlog.tickets || ' open tickets are more than ' || format('{:.0f}', 100 * {{ var('report_backlog_share') }}) || ' % of a week''s tickets.'
    from backlog cross join this_week
    where backlog.tickets > {{ var('report_backlog_share') }} * this_week.tickets
    union all
    select 4, 'satisfaction', 'Ask why customers are unhappy: the mean rating is ' || format('{:.2f}', this_week.csat) || ', under ' || {{ var('alert_csat_target') }} || '.'
    from this_week
    where this_week.csat < {{ var('alert_csat_target') }}
    union all
    select 5, 'recurring_issue', 'Mend what comes again: ' || issues.issue || ' had ' || issues.tickets_30d || ' tickets of merchants in 30 days.'
    from issues
    union all
    select 6, 'urgent', 'Answer first: ' || urgent.interactions || ' urgent conversations wait.'
    from urgent
    where urgent.interactions > 0
    union all
    select 7, 'staffing', 'Plan more agents: on ' || staffing.days || ' of the next 28 days the forecast needs more than there are.'
    from staffing
    where staffing.days > 0
    union all
    select 8, 'knowledge_base', 'Write articles: ' || articles.queries || ' frequent searches never open one.'
    from articles
    where articles.queries > 0
)

select
    rule_no::bigint as rule_no,
    rule,
    recommendation
from fired
