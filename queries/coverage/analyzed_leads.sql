-- How many leads were analyzed in a range, and when the first of them was created.
-- grain: one row
-- params: since timestamp (inclusive), until timestamp (exclusive)
-- from: model/lead_facts
-- needs: website_leads.id, website_leads.created_at, website_leads.business_name
select
    count(*) as leads,
    min(dated_at) as first_at
from lead_facts
where
    is_analyzed
    and not is_visit
    and created_at < cast(:until as timestamp)
    and (cast(:since as timestamp) is null or created_at >= cast(:since as timestamp))
