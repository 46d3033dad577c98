{#- Text to a UTC timestamp. DuckDB's cast to `timestamp` drops an offset, and its cast to `timestamptz` reads a time without
    one in the zone of the session: so a time with an offset goes through `timestamptz`, any other is UTC as it stands. -#}
{% macro utc_timestamp(column) -%}
    case
        when regexp_matches({{ column }}, ':\d\d.*([zZ]|[+-]\d\d(:?\d\d)?)$')
            then make_timestamp(epoch_us({{ column }}::timestamptz))
        else {{ column }}::timestamp
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
