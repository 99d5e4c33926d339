-- Leads created in a range, and those of them that have any event.
-- grain: one row
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: website_leads.id, website_leads.created_at, conversion_tracking.website_lead_id,
--   conversion_tracking.step_completed_at
with

tracked as materialized (
    select distinct website_lead_id
    from conversion_tracking
    where cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp)
)

select
    count(*) as leads,
    count(t.website_lead_id) as with_events
from website_leads as l
left join tracked as t on l.id = t.website_lead_id
where
    (cast(:start_at as timestamp) is null or l.created_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or l.created_at < cast(:end_at as timestamp))
    and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
