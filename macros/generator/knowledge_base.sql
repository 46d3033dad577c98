{#- Articles of the help centre: title and category. -#}
{% macro generated_kb_titles() %}
    {{- return([
        ['How to change your delivery address', 'checkout'], ['Why a coupon is not accepted', 'checkout'],
        ['Payment methods we accept', 'checkout'], ['The checkout page does not load', 'checkout'], ['Order confirmation mails', 'checkout'],
        ['How refunds work', 'financial'], ['Download your invoices', 'financial'], ['Understanding charges on your statement', 'financial'],
        ['When payouts arrive', 'financial'], ['Changing your subscription', 'financial'], ['VAT and tax settings', 'financial'],
        ['Reward points explained', 'engagement'], ['Refer a friend', 'engagement'], ['Unsubscribe from our newsletter', 'engagement'],
        ['Notification settings', 'engagement'], ['Loyalty levels', 'engagement'],
        ['Reset your password', 'others'], ['Delete your account', 'others'], ['Change your user name', 'others'], ['System requirements of the app', 'others'],
        ['Verify your company', 'merchants'], ['Documents we need for KYC', 'merchants'], ['API keys and authentication', 'merchants'],
        ['Webhooks and callbacks', 'merchants'], ['Testing in the sandbox', 'merchants'], ['Settlements and withdrawals', 'merchants'],
        ['Plugins for shop systems', 'merchants'], ['Users and roles of your account', 'merchants'],
    ]) -}}
{% endmacro %}


{% macro generated_kb_articles_file(tickets, start, days, seed) %}
{%- set titles = generated_kb_titles() -%}
with articles (article_no, title, category) as (
    values
    {%- for title in titles %}
    ({{ loop.index }}, {{ sql_text(title[0]) }}, {{ sql_text(title[1]) }}){{ ',' if not loop.last }}
    {%- endfor %}
)

select
    'K' || lpad(article_no::varchar, 3, '0') as article_id,
    title,
    category,
    strftime('{{ start }}'::timestamp - to_days((900 * {{ draw(seed, 'published', 'article_no') }})::integer), '%Y-%m-%dT%H:%M:%SZ') as published_at,
    strftime(
        '{{ start }}'::timestamp + to_days(({{ days }} * (1.3 * {{ draw(seed, 'updated', 'article_no') }} - 0.35))::integer),
        '%Y-%m-%dT%H:%M:%SZ'
    ) as updated_at,
    floor({{ tickets }} * power({{ draw(seed, 'views', 'article_no') }}, 2))::bigint as views
from articles
order by article_no
{% endmacro %}


{% macro generated_kb_ratings_file(tickets, start, days, seed) %}
with ratings as (
    select unnest(range(1, {{ tickets }} // 4 + 1)) as rating_no
),

drawn as (
    select
        rating_no,
        (1 + floor({{ generated_kb_titles() | length }} * power({{ draw(seed, 'rated_article', 'rating_no') }}, 1.4)))::integer as article_no
    from ratings
)

select
    'K' || lpad(article_no::varchar, 3, '0') as article_id,
    strftime(
        '{{ start }}'::timestamp + to_seconds(floor({{ days }} * 86400 * {{ draw(seed, 'rated_at', 'rating_no') }})::bigint), '%Y-%m-%dT%H:%M:%SZ'
    ) as rated_at,
    {{ draw(seed, 'helpful', 'rating_no') }} < 0.45 + 0.5 * {{ draw(seed, 'article_quality', 'article_no') }} as helpful
from drawn
order by rating_no
{% endmacro %}


{#- Searches in the help centre: some find an article, some end in a ticket, some in nothing. -#}
{% macro generated_kb_searches_file(tickets, start, days, seed) %}
with searches as (
    select unnest(range(1, {{ tickets }} // 2 + 1)) as search_no
),

drawn as (
    select
        search_no,
        {{ pick(draw(seed, 'query', 'search_no'), [
            'refund', 'Refund status', 'where is my order', 'invoice', 'invoice download', 'reset password', 'change address', 'coupon', 'coupon not working',
            'delete account', 'payout', 'kyc', 'KYC documents', 'api key', 'webhook', 'sandbox', 'dark mode', 'gift card', 'unsubscribe', 'reward points',
            'payment failed', 'Apple Pay', 'contact', 'opening hours'
        ]) }} as query,
        {{ draw(seed, 'clicks', 'search_no') }} < 0.62 as is_clicked,
        {{ draw(seed, 'tickets', 'search_no') }} as ticket_draw
    from searches
)

select
    strftime(
        '{{ start }}'::timestamp + to_seconds(floor({{ days }} * 86400 * {{ draw(seed, 'searched_at', 'search_no') }})::bigint), '%Y-%m-%dT%H:%M:%SZ'
    ) as searched_at,
    case when {{ draw(seed, 'shouting', 'search_no') }} < 0.1 then '  ' || upper(query) || '?' else query end as query,
    case
        -- For these there is no article yet.
        when is_clicked and query not in ('dark mode', 'gift card', 'opening hours')
            then 'K' || lpad((1 + floor({{ generated_kb_titles() | length }} * {{ draw(seed, 'clicked', 'search_no') }}))::integer::varchar, 3, '0')
    end as clicked_article_id,
    case
        when ticket_draw < case when is_clicked then 0.12 else 0.3 end
            then {{ generated_id('T', '(1 + floor(' ~ tickets ~ ' * ' ~ draw(seed, 'asked_then', 'search_no') ~ '))::bigint', tickets) }}
    end as ticket_id
from drawn
order by search_no
{% endmacro %}
