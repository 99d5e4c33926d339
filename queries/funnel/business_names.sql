-- What the organizations of leads are called, where somebody has analysed them.
-- grain: one row per lead whose organization has another name than the placeholder's
-- params: lead_ids uuid[], placeholder text
-- needs: website_leads.id, website_leads.organization_id, organizations.id, organizations.name
select
    cast(l.id as text) as lead_id,
    o.name as business_name
from website_leads as l
inner join organizations as o on l.organization_id = o.id
where
    l.id = any(cast(:lead_ids as uuid[]))
    and o.name <> ''
    and o.name <> cast(:placeholder as text)
