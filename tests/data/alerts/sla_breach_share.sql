-- Alert: too many of the answers that were due in the last 7 days came late or not at all.
{{ config(severity='error', warn_if='> ' ~ var('alert_sla_breaches_warn'), error_if='> ' ~ var('alert_sla_breaches_error'), fail_calc='coalesce(max(breached_percent), 0)') }}

with tickets as (
    select * from {{ ref('int_ticket_sla') }}
)

select
    ceil(100 * count(*) filter (where sla_state = 'breached') / count(*))::integer as breached_percent
from tickets
where deadline_at > as_of - interval 7 day and deadline_at <= as_of and sla_state in ('met', 'breached')
having count(*) > 0
