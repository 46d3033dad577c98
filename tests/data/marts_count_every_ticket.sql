-- Whatever a mart groups by, every ticket is in it once.
with health as (
    select tickets from {{ ref('support_health') }}
),

counted as (
    {% for mart in [
        'fct_tickets_daily', 'fct_tickets_weekly', 'fct_tickets_by_category_daily', 'fct_tickets_by_category_weekly', 'fct_channels'
    ] -%}
    select
        '{{ mart }}' as mart,
        coalesce(sum(tickets), 0) as tickets
    from {{ ref(mart) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    counted.mart,
    counted.tickets,
    health.tickets as tickets_in_all
from counted
cross join health
where counted.tickets <> health.tickets
