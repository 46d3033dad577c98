{#- Dates as text, by the clock of this program and not of the database. -#}

{% macro convert_datetime(date_str, date_fmt) -%}
    {%- set what = "partition date '" ~ date_str ~ "' does not have the format '" ~ date_fmt ~ "'" -%}
    {{ return(try_or_compiler_error(what, modules.datetime.datetime.strptime, date_str | string, date_fmt)) }}
{%- endmacro %}

{#- Every day from the first to the last, both included. -#}
{% macro dates_in_range(start_date_str, end_date_str=none, in_fmt="%Y%m%d", out_fmt="%Y%m%d") -%}
    {%- set first = convert_datetime(start_date_str, in_fmt) -%}
    {%- set last = convert_datetime(start_date_str if end_date_str is none else end_date_str, in_fmt) -%}
    {%- set days = (last - first).days -%}
    {%- if days < 0 -%}
        {{ exceptions.raise_compiler_error(
            'partition start date is after partition end date: ' ~ start_date_str ~ ', ' ~ end_date_str
        ) }}
    {%- endif -%}
    {%- set dates = [] -%}
    {%- for day in range(days + 1) -%}
        {%- do dates.append((first + modules.datetime.timedelta(days=day)).strftime(out_fmt)) -%}
    {%- endfor -%}
    {{ return(dates) }}
{%- endmacro %}

{#- `20240101` or `20240101, 20240131`, as a list of days. -#}
{% macro partition_range(raw_partition_date, date_fmt='%Y%m%d') -%}
    {%- set parts = (raw_partition_date | string).split(',') -%}
    {%- if parts | length > 2 -%}
        {{ exceptions.raise_compiler_error(
            'invalid partition time; expected one date or two with a comma between them, got: ' ~ raw_partition_date
        ) }}
    {%- endif -%}
    {%- set last = parts[1].strip() if parts | length == 2 else none -%}
    {{ return(dates_in_range(parts[0].strip(), last, in_fmt=date_fmt)) }}
{%- endmacro %}

{% macro py_current_timestring() -%}
    {{ return(modules.datetime.datetime.now().strftime('%Y%m%d%H%M%S%f')) }}
{%- endmacro %}
