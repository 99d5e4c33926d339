-- Session ids that submitted only one website; their events without a lead belong to it.
-- grain: one row per session id
-- params: session_ids text[], as_of timestamp (exclusive)
-- from: model/lead_facts
-- needs: website_leads.id, website_leads.organization_id, website_leads.session_id,
--   website_leads.website_url, website_leads.created_at
select session_id
from lead_facts
where
    stored_session_id = any(cast(:session_ids as text[]))
    and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
group by session_id
having count(distinct website) = 1
