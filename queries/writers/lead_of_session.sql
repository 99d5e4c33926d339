-- The newest lead of a session: where the tracking path logs its steps.
-- grain: one row, or none
-- params: session_id text
-- needs: website_leads.id, website_leads.session_id, website_leads.created_at
select id
from website_leads
where session_id = :session_id
order by created_at desc, id desc
limit 1
