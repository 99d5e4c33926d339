-- Organizations with an owner and a website, and how many of them have an organization without
-- owner beside them: there a visitor was not refused.
-- grain: one row
-- params: as_of timestamp (exclusive)
-- from: model/organization_facts
-- needs: organizations.website_url
select
    count(*) as owned,
    count(*) filter (where has_ownerless) as beside_ownerless
from (
    select
        owner,
        bool_or(owner is null) over (partition by host) as has_ownerless
    from organization_facts
    where
        host is not null
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
) as hosted
where owner is not null
