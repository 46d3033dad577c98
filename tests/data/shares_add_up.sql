-- The categories of a day, and of a week, share all of its tickets.
{% set grains = {'fct_tickets_by_category_daily': 'created_day', 'fct_tickets_by_category_weekly': 'week_start'} %}

{% for mart, period in grains.items() -%}
select
    '{{ mart }}' as mart,
    {{ period }} as period,
    sum(share) as share
from {{ ref(mart) }}
group by all
having abs(sum(share) - 1) > 1e-9
{{ 'union all' if not loop.last }}
{% endfor %}
