{#- A text as an SQL literal. -#}
{% macro sql_text(text) %}
    {{- return("'" ~ (text | string | replace("'", "''")) ~ "'") -}}
{% endmacro %}


{#- A list of texts as an SQL list literal. -#}
{% macro sql_text_list(texts) %}
    {%- set literals = [] -%}
    {%- for text in texts -%}
        {%- do literals.append(sql_text(text)) -%}
    {%- endfor -%}
    {{- return('[' ~ literals | join(', ') ~ ']') -}}
{% endmacro %}


{#- The words of a text, in order: runs of letters and digits, in lower case. Keywords and messages are cut alike. -#}
{% macro words_of(column) -%}
    regexp_extract_all(lower({{ column }}), '[\p{L}\p{N}]+')
{%- endmacro %}


{#- The first two sentences of a text. -#}
{% macro two_sentences(column) -%}
    trim(regexp_extract({{ column }}, '^(?:[^.!?]*[.!?]+)?[^.!?]*[.!?]*'))
{%- endmacro %}


{#- A web address that a spreadsheet can open: http or https, nothing in it that ends it. A bare host gets `https://`; anything
    else (another scheme, a blank, a quote) is NULL, never a link. -#}
{% macro http_url(column) -%}
    case
        when regexp_matches({{ column }}, '^https?://[^\s"''<>|\\]+$', 'i') then {{ column }}
        when regexp_matches({{ column }}, '^[a-z0-9-]+(\.[a-z0-9-]+)+(/[^\s"''<>|\\]*)?$', 'i') then 'https://' || {{ column }}
    end
{%- endmacro %}


{#- How much a number has changed, in percent with its sign; nothing when there was nothing before. -#}
{% macro change_text(now, before) -%}
    case when {{ before }} > 0 then ' (' || format('{:+.0f}', 100.0 * ({{ now }} / {{ before }} - 1)) || ' %)' else '' end
{%- endmacro %}
