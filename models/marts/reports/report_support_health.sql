{#- The report for those who lead the team, line by line in Markdown. What is not known is left out with a word. -#}
{{ config(export={'format': 'markdown', 'folder': 'reports', 'name': 'support_health'}) }}

with weeks as (
    select * from {{ ref('int_report_weeks') }}
),

pair as (
    select
        this_week.*,
        last_week.tickets as tickets_before,
        last_week.resolved as resolved_before,
        last_week.frt_median as frt_median_before,
        last_week.frt_p95 as frt_p95_before,
        last_week.fcr_lenient_rate as fcr_before,
        last_week.sla_rate as sla_before,
        last_week.csat as csat_before
    from weeks as this_week
    left join weeks as last_week on last_week.week = 'last'
    where this_week.week = 'this'
),

totals as (
    select * from {{ ref('support_health') }}
),

changes as (
    select
        *,
        row_number() over (partition by dimension order by abs(change) desc, value) as place
    from {{ ref('int_report_changes') }}
),

breaches as (
    select
        priority,
        sum(breached)::bigint as breached,
        sum(met)::bigint as met
    from {{ ref('fct_sla_compliance') }}
    where week_start = (select week_start from pair)
    group by all
),

issues as (
    select
        *,
        row_number() over (order by tickets_30d desc, issue_category, issue_subcategory) as place
    from {{ ref('fct_recurring_issues') }}
    where is_recurring
),

topics as (
    select * from {{ ref('recent_top_issues') }}
),

forecast as (
    select
        sum(forecast) as expected,
        sum(lower_80) as lower_80,
        sum(upper_80) as upper_80
    from (select * from {{ ref('fct_volume_forecast') }} order by forecast_day limit 7)
),

recommendations as (
    select * from {{ ref('report_recommendations') }}
),

written as (
    select 100 as place, '# Support health' as line
    union all select 110, ''
    union all select 120, 'State of ' || strftime(as_of, '%Y-%m-%d %H:%M') || ' UTC: ' || tickets || ' tickets, ' || resolved || ' resolved, ' || backlog || ' open.' from totals
    union all select 200, ''
    union all select 210, '## The week of ' || strftime(week_start, '%Y-%m-%d') || ', against the week before' from pair
    union all select 220, ''
    union all select 230, '| | this week | week before |'
    union all select 231, '|---|---|---|'
    union all select 240, '| tickets | ' || tickets || {{ change_text('tickets', 'tickets_before') }} || ' | ' || coalesce(tickets_before::varchar, '-') || ' |' from pair
    union all select 241, '| resolved | ' || resolved || {{ change_text('resolved', 'resolved_before') }} || ' | ' || coalesce(resolved_before::varchar, '-') || ' |' from pair
    union all select 242, '| first response, median minutes | ' || coalesce(format('{:.1f}', frt_median), '-') || ' | ' || coalesce(format('{:.1f}', frt_median_before), '-') || ' |' from pair
    union all select 243, '| first response, 95th percentile | ' || coalesce(format('{:.0f}', frt_p95), '-') || ' | ' || coalesce(format('{:.0f}', frt_p95_before), '-') || ' |' from pair
    union all select 244, '| resolved within four hours | ' || coalesce(format('{:.0f} %', 100 * fcr_lenient_rate), '-') || ' | ' || coalesce(format('{:.0f} %', 100 * fcr_before), '-') || ' |' from pair
    union all select 245, '| answered in time | ' || coalesce(format('{:.0f} %', 100 * sla_rate), '-') || ' | ' || coalesce(format('{:.0f} %', 100 * sla_before), '-') || ' |' from pair
    union all select 246, '| satisfaction, 1 to 5 | ' || coalesce(format('{:.2f}', csat), '-') || ' | ' || coalesce(format('{:.2f}', csat_before), '-') || ' |' from pair
    union all select 300, ''
    union all select 310, '## What drives the change'
    union all select 320, ''
    union all select 330 + place, '- Category ' || coalesce(value, 'unknown') || ': ' || tickets || ' tickets, ' || format('{:+d}', change) || '.' from changes where dimension = 'category' and place <= 3
    union all select 340 + place, '- Channel ' || coalesce(value, 'unknown') || ': ' || tickets || ' tickets, ' || format('{:+d}', change) || '.' from changes where dimension = 'channel' and place <= 3
    union all select 400, ''
    union all select 410, '## Late answers'
    union all select 420, ''
    union all select 430 + case priority when 'urgent' then 1 when 'high' then 2 when 'medium' then 3 else 4 end, '- ' || priority || ': ' || breached || ' of ' || (met + breached) || ' late.' from breaches where breached > 0
    union all select 440, 'None this week.' where not exists (select 1 from breaches where breached > 0)
    union all select 500, ''
    union all select 510, '## Recurring issues'
    union all select 520, ''
    union all select 530 + place, '- Merchants: ' || issue_category || ' / ' || issue_subcategory || ', ' || tickets_30d || ' tickets in 30 days (' || tickets_prior_30d || ' in the 30 days before).' from issues where place <= 5
    union all select 540 + rank, '- Chats and mails: ' || replace(category, '_', ' ') || ' / ' || subcategory || ', ' || interactions || ' in 30 days.' from topics where rank <= 5
    union all select 560, 'Nothing to tell: there is no list of businesses, and no chat or mail.' where not exists (select 1 from issues) and not exists (select 1 from topics)
    union all select 600, ''
    union all select 610, '## The next seven days'
    union all select 620, ''
    union all select 630, 'About ' || format('{:.0f}', expected) || ' tickets are expected, between ' || format('{:.0f}', lower_80) || ' and ' || format('{:.0f}', upper_80) || ' when every day is at the end of its interval.' from forecast where expected is not null
    union all select 640, 'There is too little history for a forecast.' from forecast where expected is null
    union all select 700, ''
    union all select 710, '## Recommendations'
    union all select 720, ''
    union all select 730 + rule_no, '- ' || recommendation || ' (rule `' || rule || '`)' from recommendations
    union all select 790, 'No rule applies.' where not exists (select 1 from recommendations)
)

select
    row_number() over (order by place) as line_no,
    line
from written
