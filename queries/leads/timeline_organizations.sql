-- Organizations by id, with their owner where this database names one.
-- grain: one row per organization
-- params: organization_ids uuid[], as_of timestamp (exclusive)
-- from: model/organization_facts
select
    cast(id as text) as organization_id,
    name,
    session_id,
    website_url,
    owner,
    dated_at as created_at
from organization_facts
where
    id = any(cast(:organization_ids as uuid[]))
    and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
order by organization_facts.created_at asc nulls last, id asc
