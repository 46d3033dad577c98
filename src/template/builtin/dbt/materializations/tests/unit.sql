{#- A unit test: runs a model's query on given rows and lays the result beside the expected rows. -#}
{% materialization unit, default %}

    {%- set expected_rows = config.get('expected_rows') -%}
    {%- set expected_sql = config.get('expected_sql') -%}
    {%- set names = expected_rows[0].keys() | list if expected_rows else get_columns_in_query(sql) -%}

    {%- set quoted = {} -%}
    {%- for name in names -%}
        {%- do quoted.update({name | lower: adapter.quote(name)}) -%}
    {%- endfor -%}

    {%- if not expected_sql -%}
        {%- set types = {} -%}
        {%- for column in run_query('describe ' ~ get_empty_subquery_sql(sql)) -%}
            {%- do types.update({column[0] | lower: column[1]}) -%}
        {%- endfor -%}
        {%- set expected_sql = get_expected_sql(expected_rows, types, quoted) -%}
    {%- endif -%}

    {%- call statement('main', fetch_result=True, auto_begin=False) -%}
        {{ get_unit_test_sql(sql, expected_sql, quoted.values() | list) }}
    {%- endcall -%}

    {{ return({'relations': []}) }}

{% endmaterialization %}
