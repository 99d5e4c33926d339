-- The lead of a visitor and a website.
-- grain: one row, or none
-- params: session_id text, website_url text
-- needs: website_leads.id, website_leads.session_id, website_leads.website_url,
--   website_leads.created_at
select id
from website_leads
where session_id = :session_id and website_url = :website_url
order by created_at asc, id asc
limit 1
