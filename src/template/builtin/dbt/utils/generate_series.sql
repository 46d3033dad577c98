{#- The numbers from 1 up to a bound, as the column `generated_number`. -#}

{#- How many bits the numbers below the bound have. -#}
{% macro get_powers_of_two(upper_bound) -%}
    {{ return(adapter.dispatch('get_powers_of_two', 'dbt')(upper_bound)) }}
{%- endmacro %}

{% macro default__get_powers_of_two(upper_bound) -%}
    {%- if upper_bound <= 0 -%}
        {{ exceptions.raise_compiler_error('the upper bound must be positive, not ' ~ upper_bound) }}
    {%- endif -%}
    {%- for exponent in range(1, 100) -%}
        {%- if upper_bound <= 2 ** exponent -%}
            {{ return(exponent) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}

{% macro generate_series(upper_bound) -%}
    {{ return(adapter.dispatch('generate_series', 'dbt')(upper_bound)) }}
{%- endmacro %}

{#- Each bit is a table of 0 and 1; their product counts. -#}
{% macro default__generate_series(upper_bound) -%}
    {%- set bits = get_powers_of_two(upper_bound) -%}
    with bit as (

        select 0 as value
        union all
        select 1

    ),

    numbers as (

        select {% for i in range(bits) %}bit_{{ i }}.value * {{ 2 ** i }} + {% endfor %}1 as generated_number
        from {% for i in range(bits) %}bit as bit_{{ i }}{{ ' cross join ' if not loop.last }}{% endfor %}

    )

    select generated_number
    from numbers
    where generated_number <= {{ upper_bound }}
    order by generated_number
{%- endmacro %}
