-- The newest organizations of a range.
-- grain: one row per organization, at most five
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: organizations.id, organizations.name, organizations.session_id, organizations.website_url,
--   organizations.created_at
select
    name,
    session_id,
    website_url,
    case when isfinite(created_at) then created_at end as created_at
from organizations
where
    (cast(:start_at as timestamp) is null or created_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or created_at < cast(:end_at as timestamp))
    and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
order by organizations.created_at desc nulls last, id desc
limit 5
