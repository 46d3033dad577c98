{#- The query that a test runs. -#}

{% macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ return(adapter.dispatch('get_test_sql', 'dbt')(main_sql, fail_calc, warn_if, error_if, limit)) }}
{%- endmacro %}

{% macro default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    select
      {{ fail_calc }} as failures,
      {{ fail_calc }} {{ warn_if }} as should_warn,
      {{ fail_calc }} {{ error_if }} as should_error
    from (
      {{ main_sql }}
      {{ 'limit ' ~ limit if limit is not none }}
    ) dbt_internal_test
{%- endmacro %}

{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {{ return(adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names)) }}
{%- endmacro %}

{#- The rows that came and the rows that should have come, told apart by the last column. -#}
{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
with dbt_internal_unit_test_actual as (

    select {{ expected_column_names | join(', ') }}, {{ string_literal('actual') }} as {{ adapter.quote('actual_or_expected') }}
    from (
        {{ main_sql }}
    ) as _dbt_internal_unit_test_actual

),

dbt_internal_unit_test_expected as (

    select {{ expected_column_names | join(', ') }}, {{ string_literal('expected') }} as {{ adapter.quote('actual_or_expected') }}
    from (
        {{ expected_fixture_sql }}
    ) as _dbt_internal_unit_test_expected

)

select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected
{%- endmacro %}
