-- Leads that a submission added, as they are now.
-- grain: one row per lead
-- params: lead_ids uuid[]
-- needs: website_leads.id, website_leads.organization_id, website_leads.session_id,
--   website_leads.website_url, website_leads.business_name, website_leads.created_at
select
    id,
    organization_id,
    business_name,
    session_id,
    website_url,
    created_at
from website_leads
where id = any(cast(:lead_ids as uuid[]))
order by created_at, id
