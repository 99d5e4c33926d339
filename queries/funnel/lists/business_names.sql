-- What the organizations of leads are called, where somebody has analyzed them.
-- grain: one row per lead whose organization has another name than the placeholder's
-- params: lead_ids uuid[], as_of timestamp (exclusive)
-- from: model/lead_facts, model/organization_facts
-- needs: website_leads.id, website_leads.organization_id, organizations.id, organizations.name,
--   organizations.created_at
select
    cast(l.id as text) as lead_id,
    o.name as business_name
from lead_facts as l
inner join organization_facts as o on l.organization_id = o.id
where
    l.id = any(cast(:lead_ids as uuid[]))
    and o.is_named
    and (cast(:as_of as timestamp) is null or o.created_at < cast(:as_of as timestamp))
