-- Organizations by id, with their owner where this database names one.
-- grain: one row per organization
-- params: organization_ids uuid[], as_of timestamp (exclusive)
-- needs: organizations.id, organizations.name, organizations.session_id, organizations.website_url,
--   organizations.created_at
select
    cast(o.id as text) as organization_id,
    o.name,
    nullif(o.session_id, '') as session_id,
    o.website_url,
    o.owner,
    case when isfinite(o.created_at) then o.created_at end as created_at
-- A column this database lacks resolves to the one beside the subquery: null, not an error.
from (values (cast(null as text), cast(null as text))) as absent (user_id, owner_user_id)
cross join
    lateral (
        select
            id,
            name,
            session_id,
            website_url,
            created_at,
            coalesce(cast(owner_user_id as text), cast(user_id as text)) as owner
        from organizations
    ) as o
where
    o.id = any(cast(:organization_ids as uuid[]))
    and (cast(:as_of as timestamp) is null or o.created_at < cast(:as_of as timestamp))
order by o.created_at asc nulls last, o.id asc
