-- When each given website first had an organization.
-- grain: one row per website that has one
-- params: hosts text[] (without www.), as_of timestamp (exclusive)
-- from: model/organization_facts
-- needs: organizations.website_url
select
    w.host,
    -- An organization without a time may have existed from the beginning.
    case
        when bool_and(w.is_dated) then min(w.dated_at)
    end as first_at
from organization_facts as w
where
    w.host in (select h.host from unnest(cast(:hosts as text[])) as h (host))
    and (
        cast(:as_of as timestamp) is null
        or w.created_at < cast(:as_of as timestamp)
        or w.created_at is null
    )
group by w.host
order by w.host
