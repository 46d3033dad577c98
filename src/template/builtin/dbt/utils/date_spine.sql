{#- One row for each period from a date up to, and without, another. -#}

{#- How many periods those are; asks the database, and is 0 while the project is being read. -#}
{% macro get_intervals_between(start_date, end_date, datepart) -%}
    {{ return(adapter.dispatch('get_intervals_between', 'dbt')(start_date, end_date, datepart)) }}
{%- endmacro %}

{% macro default__get_intervals_between(start_date, end_date, datepart) -%}
    {%- if not execute -%}
        {{ return(0) }}
    {%- endif -%}
    {%- call statement('get_intervals_between', fetch_result=True, auto_begin=False) -%}
        select {{ datediff(start_date, end_date, datepart) }}
    {%- endcall -%}
    {%- set count = load_result('get_intervals_between')['data'][0][0] -%}
    {%- if count <= 0 -%}
        {{ exceptions.raise_compiler_error(
            'the start date ' ~ start_date ~ ' must lie at least one ' ~ datepart ~ ' before the end date ' ~ end_date
        ) }}
    {%- endif -%}
    {{ return(count) }}
{%- endmacro %}

{% macro date_spine(datepart, start_date, end_date) -%}
    {{ return(adapter.dispatch('date_spine', 'dbt')(datepart, start_date, end_date)) }}
{%- endmacro %}

{% macro default__date_spine(datepart, start_date, end_date) -%}
    {%- set number = 'row_number() over (order by generated_number) - 1' -%}
    with rawdata as (

        {{ generate_series(get_intervals_between(start_date, end_date, datepart)) }}

    ),

    all_periods as (

        select {{ dateadd(datepart, number, start_date) }} as date_{{ datepart }}
        from rawdata

    )

    select *
    from all_periods
    where date_{{ datepart }} <= {{ end_date }}
{%- endmacro %}
