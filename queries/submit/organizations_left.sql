-- Organizations that a submission wrote to, as they are now.
-- grain: one row per organization
-- params: organization_ids uuid[]
-- needs: organizations.id, organizations.name, organizations.session_id,
--   organizations.website_url, organizations.created_at
select
    cast(id as text) as organization_id,
    name,
    session_id,
    website_url,
    created_at
from organizations
where id = any(cast(:organization_ids as uuid[]))
order by created_at, id
