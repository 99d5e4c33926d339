-- Leads created in a range, and the times of the first and last of them.
-- grain: one row
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: website_leads.created_at
select
    count(*) as leads,
    min(created_at) filter (where isfinite(created_at)) as first_at,
    max(created_at) filter (where isfinite(created_at)) as last_at
from website_leads
where
    (cast(:start_at as timestamp) is null or created_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or created_at < cast(:end_at as timestamp))
    and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
