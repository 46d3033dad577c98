{#- Writes synthetic inputs of any size, from some thousand tickets to ten million.

        run-operation generate_support_data --args '{tickets: 5000, folder: data}'

    Every draw is a hash of the seed, the row's number and what is drawn, never random(): the same arguments give the same
    bytes on any number of threads, and no draw depends on another. The folder must exist; so must `livechat` and `mail` in it
    for the interactions. -#}
{% macro generate_support_data(
    tickets=5000, folder='data', start='2025-01-01', days=365, seed='acme', format='csv', interactions=true
) %}
    {%- if tickets is not integer or tickets < 10 or days is not integer or days < 1 -%}
        {%- do exceptions.raise_compiler_error('generate_support_data needs 10 tickets or more and 1 day or more, not ' ~ tickets ~ ' and ' ~ days) -%}
    {%- endif -%}
    {%- if format not in ['csv', 'parquet'] -%}
        {%- do exceptions.raise_compiler_error('generate_support_data writes csv or parquet, not ' ~ format) -%}
    {%- endif -%}
    {%- set tables = {
        'tickets_raw': generated_tickets_file(tickets, start, days, seed),
        'users_raw': generated_users_file(tickets, start, seed),
        'agents_raw': generated_agents_file(start, seed),
        'ticket_events_raw': generated_events_file(tickets, start, days, seed),
        'satisfaction_raw': generated_satisfaction_file(tickets, start, days, seed),
        'businesses_raw': generated_businesses_file(tickets, seed),
        'business_users_raw': generated_business_users_file(tickets, seed),
        'kb_articles_raw': generated_kb_articles_file(tickets, start, days, seed),
        'kb_ratings_raw': generated_kb_ratings_file(tickets, start, days, seed),
        'kb_searches_raw': generated_kb_searches_file(tickets, start, days, seed),
    } -%}
    {%- set options = {'csv': 'format csv, header true', 'parquet': 'format parquet, compression zstd'}[format] -%}
    {%- for name, query in tables.items() -%}
        {%- do write_generated(query, folder ~ '/' ~ name ~ '.' ~ format, options) -%}
    {%- endfor -%}
    {%- if interactions -%}
        {%- set conversations = [tickets // 12, 20] | max -%}
        {%- do write_generated(
            generated_livechat_file(conversations, start, days, seed), folder ~ '/livechat/chats.json', 'format json, array true'
        ) -%}
        {%- do write_generated(
            generated_mail_file(conversations, start, days, seed), folder ~ '/mail/support.mbox',
            "format csv, header false, quote '', escape '', delimiter e'\\x01'"
        ) -%}
    {%- endif -%}
{% endmacro %}


{% macro write_generated(query, path, options) %}
    {%- do run_query('copy (' ~ query ~ ') to ' ~ sql_text(path) ~ ' (' ~ options ~ ')') -%}
    {%- do log('wrote ' ~ path, info=true) -%}
{% endmacro %}
