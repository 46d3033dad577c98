{#- Text to a UTC timestamp. DuckDB's cast to `timestamp` drops an offset, and its cast to `timestamptz` reads a time without
    one in the zone of the session: so a time with an offset goes through `timestamptz`, any other is UTC as it stands. -#}
{% macro utc_timestamp(column) -%}
    case
        when regexp_matches({{ column }}, ':\d\d.*([zZ]|[+-]\d\d(:?\d\d(:\d\d)?)?)$')
            then make_timestamp(epoch_us({{ plain_offset(column) }}::timestamptz))
        else {{ column }}::timestamp
    end
{%- endmacro %}


{#- A time with an offset as DuckDB takes it: without a blank before the offset, and `Z` in upper case. -#}
{% macro plain_offset(column) -%}
    replace(replace(replace(upper({{ column }}), ' +', '+'), ' -', '-'), ' Z', 'Z')
{%- endmacro %}


{#- The same for files that nobody checks: a number is seconds, milliseconds or microseconds since 1970, and what is no time is NULL. -#}
{% macro utc_timestamp_if_any(column) -%}
    case
        when regexp_matches({{ column }}, '^\d{9,10}$') then make_timestamp({{ column }}::bigint * 1000000)
        when regexp_matches({{ column }}, '^\d{12,13}$') then make_timestamp({{ column }}::bigint * 1000)
        when regexp_matches({{ column }}, '^\d{15,16}$') then make_timestamp({{ column }}::bigint)
        when regexp_matches({{ column }}, ':\d\d.*([zZ]|[+-]\d\d(:?\d\d(:\d\d)?)?)$')
            then make_timestamp(epoch_us(try_cast({{ plain_offset(column) }} as timestamptz)))
        else try_cast({{ column }} as timestamp)
    end
{%- endmacro %}


{#- The Monday of the ISO week of a day. -#}
{% macro week_start(column) -%}
    date_trunc('week', {{ column }})::date
{%- endmacro %}


{% macro minutes_between(earlier, later) -%}
    date_diff('microsecond', {{ earlier }}, {{ later }}) / 60e6
{%- endmacro %}


{% macro hours_between(earlier, later) -%}
    date_diff('microsecond', {{ earlier }}, {{ later }}) / 3600e6
{%- endmacro %}
