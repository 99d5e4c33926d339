-- Leads created in a range.
-- grain: one row per lead, at most row_limit
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive),
--   as_of timestamp (exclusive), row_limit integer
-- needs: website_leads.id, website_leads.created_at
select cast(id as text) as lead_id
from website_leads
where
    (cast(:start_at as timestamp) is null or created_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or created_at < cast(:end_at as timestamp))
    and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
limit cast(:row_limit as integer)
