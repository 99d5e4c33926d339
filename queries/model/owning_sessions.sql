-- Session ids that submitted one website alone. Leads of one session and website are one
-- submission, so events of such a session that have no lead belong to it.
-- grain: one row per session id
-- params: as_of timestamp (exclusive)
-- from: model/lead_facts
-- needs: website_leads.id, website_leads.organization_id, website_leads.session_id,
--   website_leads.website_url, website_leads.created_at
select stored_session_id as session_id
from lead_facts
where
    session_id is not null
    and not is_visit
    and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
group by stored_session_id
having min(website) = max(website)
