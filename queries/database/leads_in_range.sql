-- Leads created in a range, and the times of the first and last of them.
-- grain: one row
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/lead_facts
-- needs: website_leads.created_at
select
    count(*) as leads,
    min(dated_at) as first_at,
    max(dated_at) as last_at
from lead_facts
where
    (cast(:start_at as timestamp) is null or created_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or created_at < cast(:end_at as timestamp))
    and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
