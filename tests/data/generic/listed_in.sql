{#- Values that a list does not know. An empty list says nothing about anybody: its file is missing. -#}
{% test listed_in(model, column_name, to, field) %}
select model_values.{{ column_name }}
from {{ model }} as model_values
where
    model_values.{{ column_name }} is not null
    and model_values.{{ column_name }} not in (select listed.{{ field }} from {{ to }} as listed where listed.{{ field }} is not null)
    and exists (select 1 from {{ to }})
{% endtest %}
