{#- A table that sums everything up has exactly one row. -#}
{% test one_row(model) %}

select count(*) as row_count
from {{ model }}
having count(*) <> 1

{% endtest %}
