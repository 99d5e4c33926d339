-- The organization of a website; of several, the oldest.
-- grain: one row, or none
-- params: website_url text
-- needs: organizations.id, organizations.session_id, organizations.website_url,
--   organizations.created_at
select
    id,
    session_id
from organizations
where website_url = :website_url
order by created_at asc, id asc
limit 1
