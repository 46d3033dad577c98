{#- A number in [0, 1) that belongs to `key` and `what`. -#}
{% macro draw(seed, what, key='ticket_no') -%}
    ((md5_number_lower('{{ seed }}:{{ what }}:' || {{ key }}) >> 11) / 9007199254740992)
{%- endmacro %}


{#- About normal with mean 0 and deviation 1: the sum of three even draws, so that no outlier is absurd. -#}
{% macro draw_normal(seed, what, key='ticket_no') -%}
    (2 * ({{ draw(seed, what ~ 1, key) }} + {{ draw(seed, what ~ 2, key) }} + {{ draw(seed, what ~ 3, key) }} - 1.5))
{%- endmacro %}


{#- One of the texts, all equally likely. -#}
{% macro pick(number, texts) -%}
    {{ sql_text_list(texts) }}[1 + floor({{ number }} * {{ texts | length }})::integer]
{%- endmacro %}


{#- One of the texts by weight: `choices` is a list of [text, parts of 1000]. -#}
{% macro pick_weighted(number, choices) -%}
    case
    {%- set passed = namespace(parts=0) -%}
    {%- for choice in choices -%}
        {%- set passed.parts = passed.parts + choice[1] -%}
        {%- if not loop.last %} when {{ number }} * 1000 < {{ passed.parts }} then {{ sql_text(choice[0]) }}
        {%- else %} else {{ sql_text(choice[0]) }} {% endif -%}
    {%- endfor -%}
    end
{%- endmacro %}


{#- A letter and a number, as wide as the largest number of a set of this size. -#}
{% macro generated_id(letter, number, tickets) -%}
    '{{ letter }}' || lpad(({{ number }})::varchar, {{ tickets | string | length }}, '0')
{%- endmacro %}
