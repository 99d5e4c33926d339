-- The newest organizations of a range.
-- grain: one row per organization, at most five
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/organization_facts
select
    name,
    stored_session_id as session_id,
    website_url,
    dated_at as created_at
from organization_facts
where
    (cast(:start_at as timestamp) is null or created_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or created_at < cast(:end_at as timestamp))
    and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
order by organization_facts.created_at desc nulls last, id desc
limit 5
