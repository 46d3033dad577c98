{#- Grants. Adapters without users override `apply_grants`; the rest stays for those that have them. -#}

{% macro copy_grants() -%}
    {{ return(adapter.dispatch('copy_grants', 'dbt')()) }}
{%- endmacro %}

{#- Whether a replaced relation inherits the grants of the old one. -#}
{% macro default__copy_grants() -%}
    {{ return(true) }}
{%- endmacro %}

{% macro support_multiple_grantees_per_dcl_statement() -%}
    {{ return(adapter.dispatch('support_multiple_grantees_per_dcl_statement', 'dbt')()) }}
{%- endmacro %}

{% macro default__support_multiple_grantees_per_dcl_statement() -%}
    {{ return(true) }}
{%- endmacro %}

{#- A relation that did not exist has nothing to revoke; one that was built anew has what the database copies. -#}
{% macro should_revoke(existing_relation, full_refresh_mode=True) -%}
    {%- if not existing_relation -%}
        {{ return(false) }}
    {%- endif -%}
    {{ return(copy_grants() if full_refresh_mode else true) }}
{%- endmacro %}

{% macro get_show_grant_sql(relation) -%}
    {{ return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_show_grant_sql(relation) -%}
    show grants on {{ relation.render() }}
{%- endmacro %}

{% macro get_grant_sql(relation, privilege, grantees) -%}
    {{ return(adapter.dispatch('get_grant_sql', 'dbt')(relation, privilege, grantees)) }}
{%- endmacro %}

{% macro default__get_grant_sql(relation, privilege, grantees) -%}
    grant {{ privilege }} on {{ relation.render() }} to {{ grantees | join(', ') }}
{%- endmacro %}

{% macro get_revoke_sql(relation, privilege, grantees) -%}
    {{ return(adapter.dispatch('get_revoke_sql', 'dbt')(relation, privilege, grantees)) }}
{%- endmacro %}

{% macro default__get_revoke_sql(relation, privilege, grantees) -%}
    revoke {{ privilege }} on {{ relation.render() }} from {{ adapter.quote(grantees[0]) }}
{%- endmacro %}

{% macro get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
    {{ return(adapter.dispatch('get_dcl_statement_list', 'dbt')(relation, grant_config, get_dcl_macro)) }}
{%- endmacro %}

{% macro default__get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
    {%- set statements = [] -%}
    {%- for privilege, grantees in grant_config.items() -%}
        {%- if support_multiple_grantees_per_dcl_statement() -%}
            {%- if grantees -%}
                {%- do statements.append(get_dcl_macro(relation, privilege, grantees)) -%}
            {%- endif -%}
        {%- else -%}
            {%- for grantee in grantees -%}
                {%- do statements.append(get_dcl_macro(relation, privilege, [grantee])) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(statements) }}
{%- endmacro %}

{% macro call_dcl_statements(dcl_statement_list) -%}
    {{ return(adapter.dispatch('call_dcl_statements', 'dbt')(dcl_statement_list)) }}
{%- endmacro %}

{% macro default__call_dcl_statements(dcl_statement_list) -%}
    {%- call statement('grants') -%}
        {%- for dcl_statement in dcl_statement_list -%}
            {{ dcl_statement }};
        {% endfor -%}
    {%- endcall -%}
{%- endmacro %}

{% macro apply_grants(relation, grant_config, should_revoke) -%}
    {{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}
{%- endmacro %}

{% macro default__apply_grants(relation, grant_config, should_revoke=True) -%}
    {%- if grant_config -%}
        {%- set to_grant = grant_config -%}
        {%- set to_revoke = {} -%}
        {%- if should_revoke -%}
            {%- set current = adapter.standardize_grants_dict(run_query(get_show_grant_sql(relation))) -%}
            {%- set to_grant = diff_of_two_dicts(grant_config, current) -%}
            {%- set to_revoke = diff_of_two_dicts(current, grant_config) -%}
        {%- endif -%}
        {%- if to_grant or to_revoke -%}
            {%- set statements = get_dcl_statement_list(relation, to_revoke, get_revoke_sql)
                + get_dcl_statement_list(relation, to_grant, get_grant_sql) -%}
            {%- if statements -%}
                {{ call_dcl_statements(statements) }}
            {%- endif -%}
        {%- else -%}
            {{ log('grants on ' ~ relation ~ ' are as configured') }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
