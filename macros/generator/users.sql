{% macro generated_users_file(tickets, start, seed) %}
with users as (
    select unnest(range(1, {{ generated_user_count(tickets) }} + 1)) as user_no
),

named as (
    select
        user_no,
        {{ pick(draw(seed, 'given', 'user_no'), [
            'Ada', 'Ben', 'Carla', 'Deniz', 'Elif', 'Farah', 'Goran', 'Hana', 'Ivo', 'Jana', 'Kofi', 'Lena', 'Mateo', 'Nadia',
            'Omar', 'Paula', 'Quinn', 'Rosa', 'Samir', 'Tara', 'Uma', 'Viktor', 'Wanda', 'Yusuf', 'Zoe'
        ]) }} as given_name,
        {{ pick(draw(seed, 'family', 'user_no'), [
            'Adler', 'Bianchi', 'Costa', 'Dimitrov', 'Eriksen', 'Fischer', 'Garcia', 'Haddad', 'Ito', 'Jensen', 'Kaya', 'Lopez',
            'Meyer', 'Novak', 'Okafor', 'Petrov', 'Rossi', 'Silva', 'Tanaka', 'Weber'
        ]) }} as family_name
    from users
)

select
    {{ generated_id('U', 'user_no', tickets) }} as creator_id,
    given_name || ' ' || family_name as name,
    lower(given_name || '.' || family_name) || user_no || '@example.com' as email,
    {{ pick_weighted(draw(seed, 'plan', 'user_no'), [['free', 620], ['pro', 280], ['premium', 100]]) }} as plan_tier,
    strftime(
        '{{ start }}'::timestamp - to_seconds(floor(63072000 * {{ draw(seed, 'signed_up', 'user_no') }})::bigint),
        '%Y-%m-%dT%H:%M:%SZ'
    ) as signed_up_at
from named
order by user_no
{% endmacro %}
