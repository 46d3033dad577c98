-- A ticket is written once, and again only when what is shown of it has changed; tickets that are no issue any more go.
{{ config(
    materialized='incremental',
    unique_key='ticket_id',
    incremental_strategy='delete+insert',
    on_schema_change='append_new_columns',
    post_hook="delete from {{ this }} where ticket_id not in (select ticket_id from {{ ref('int_merchant_issues') }})"
) }}

with issues as (
    select * from {{ ref('int_merchant_issues') }}
)

select
    ticket_id,
    created_at,
    business_id,
    business_url,
    ticket_url,
    segment,
    issue_category,
    issue_subcategory,
    issue_description,
    status,
    record_hash
from issues
{% if is_incremental() -%}
where not exists (
    select 1
    from {{ this }} as written
    where written.ticket_id = issues.ticket_id and written.record_hash = issues.record_hash
)
{%- endif %}
