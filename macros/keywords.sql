{#- Which keywords of a list stand in which texts, as whole words, case ignored. A query of `id`, the `labels` columns of the
    list and the `phrase` found, one row for each keyword in each text.

    `texts` and `keywords` name CTEs or relations; the list has a column `keyword` of a word or of several words in a row. Texts
    and keywords are cut alike (`words_of`). Joining on the first word keeps this linear in the words. -#}
{% macro keyword_matches(texts, id, text, keywords, labels) -%}
select
    spoken.{{ id }},
    {%- for label in labels %}
    listed.{{ label }},
    {%- endfor %}
    listed.phrase
from (
    select
        {{ id }},
        unnest(list_distinct(words)) as word,
        ' ' || array_to_string(words, ' ') || ' ' as line
    from (select {{ id }}, {{ words_of(text) }} as words from {{ texts }})
) as spoken
inner join (
    select distinct
        {%- for label in labels %}
        {{ label }},
        {%- endfor %}
        {{ words_of('keyword') }}[1] as first_word,
        array_to_string({{ words_of('keyword') }}, ' ') as phrase
    from {{ keywords }}
    where len({{ words_of('keyword') }}) > 0
) as listed
    on spoken.word = listed.first_word
where contains(spoken.line, ' ' || listed.phrase || ' ')
{%- endmacro %}
