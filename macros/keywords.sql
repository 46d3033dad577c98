{#- Which keywords of a list stand in which texts, as whole words, case ignored. A query of `id`, the `labels` columns of the
    list and the `phrase` found, one row for each keyword in each text.

    `texts` and `keywords` name CTEs or relations; the list has a column `keyword` of a word or of several words in a row. Texts
    and keywords are cut alike (`words_of`). Only words that some keyword begins with leave their text, so that a text is neither
    compared with every keyword nor written once for each of its words. -#}
{% macro keyword_matches(texts, id, text, keywords, labels) -%}
{%- set listed -%}
(
    select distinct
        {%- for label in labels %}
        {{ label }},
        {%- endfor %}
        {{ words_of('keyword') }}[1] as first_word,
        array_to_string({{ words_of('keyword') }}, ' ') as phrase
    from {{ keywords }}
    where len({{ words_of('keyword') }}) > 0
)
{%- endset -%}
select
    spoken.{{ id }},
    {%- for label in labels %}
    listed.{{ label }},
    {%- endfor %}
    listed.phrase
from (
    select
        {{ id }},
        words,
        unnest(list_intersect(words, first_words)) as word
    from (select {{ id }}, {{ words_of(text) }} as words from {{ texts }})
    cross join (select list(distinct first_word) as first_words from {{ listed }})
) as spoken
inner join {{ listed }} as listed
    on spoken.word = listed.first_word
where contains(' ' || array_to_string(spoken.words, ' ') || ' ', ' ' || listed.phrase || ' ')
{%- endmacro %}
