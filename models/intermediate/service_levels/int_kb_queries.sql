-- Searches of the knowledge base with their words made comparable: lower case, without marks, one blank between words.
with searches as (
    select * from {{ ref('stg_kb_searches') }}
)

select
    searched_at,
    array_to_string({{ words_of('query') }}, ' ') as query_normalized,
    clicked_article_id,
    ticket_id
from searches
where len({{ words_of('query') }}) > 0
