{#- A value lies within bounds, both included; NULL passes. -#}
{% test between_values(model, column_name, lowest, highest) %}

select *
from {{ model }}
where not {{ column_name }} between {{ lowest }} and {{ highest }}

{% endtest %}
