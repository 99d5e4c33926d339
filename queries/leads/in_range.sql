-- Leads of a range, with their properties as model/lead_facts has them.
-- grain: one row per lead
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/lead_facts
-- needs: website_leads.id, website_leads.organization_id, website_leads.session_id,
--   website_leads.website_url, website_leads.business_name, website_leads.created_at
select
    id,
    organization_id,
    session_id,
    website_url,
    business_name,
    created_at,
    dated_at,
    property_names,
    property_values
from lead_facts
where
    (cast(:start_at as timestamp) is null or created_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or created_at < cast(:end_at as timestamp))
    and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
