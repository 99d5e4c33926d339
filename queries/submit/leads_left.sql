-- Leads that a submission added, as they are now.
-- grain: one row per lead
-- params: lead_ids uuid[]
-- needs: website_leads.id, website_leads.organization_id, website_leads.session_id,
--   website_leads.website_url, website_leads.business_name, website_leads.created_at
select
    cast(id as text) as lead_id,
    created_at,
    business_name,
    website_url,
    session_id,
    cast(organization_id as text) as organization_id
from website_leads
where id = any(cast(:lead_ids as uuid[]))
order by created_at, id
