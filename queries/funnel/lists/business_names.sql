-- What the organizations of leads are called, where somebody has analyzed them.
-- grain: one row per lead whose organization has another name than the placeholder's
-- params: lead_ids uuid[], placeholder text, as_of timestamp (exclusive)
-- needs: website_leads.id, website_leads.organization_id, organizations.id, organizations.name,
--   organizations.created_at
select
    cast(l.id as text) as lead_id,
    o.name as business_name
from website_leads as l
inner join organizations as o on l.organization_id = o.id
where
    l.id = any(cast(:lead_ids as uuid[]))
    and o.name <> ''
    and o.name <> cast(:placeholder as text)
    and (cast(:as_of as timestamp) is null or o.created_at < cast(:as_of as timestamp))
