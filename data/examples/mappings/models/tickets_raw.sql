with complaints as (
    select
        "Complaint ID" as complaint_id,
        strptime("Date received", '%m/%d/%Y') as received_at,
        strptime("Date sent to company", '%m/%d/%Y') as sent_at,
        "Company response" as response,
        "Product" as product,
        "Issue" as issue,
        "Sub-issue" as sub_issue
    from read_csv('{{ var("complaints_path") | replace("'", "''") }}', header = true, all_varchar = true)
),

with_status as (
    select
        *,
        case
            when response like 'Closed with %' then 'resolved'
            when response = 'Closed' then 'closed_without_solution'
            when response = 'In progress' then 'pending'
            -- The company let its time pass.
            when response = 'Untimely response' then 'escalated'
        end as status
    from complaints
)

select
    complaint_id as ticket_id,
    received_at as created_at,
    case when status = 'resolved' then sent_at end as resolved_at,
    status,
    'unknown' as channel,
    null::varchar as creator_id,
    lower(product) as tag,
    date_diff('minute', received_at, sent_at) as first_response_time,
    concat_ws(': ', issue, sub_issue) as message_text
from with_status
