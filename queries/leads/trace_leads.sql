-- Leads of one lead's submission: itself, and those of the same website that are near in time or
-- carry its session. Where there is no website, those of the same organization take its place.
-- grain: one row per lead, oldest first, at most 100
-- params: lead_id uuid, near interval, as_of timestamp (exclusive)
-- from: shared/lead_websites
-- needs: website_leads.id, website_leads.organization_id, website_leads.session_id,
--   website_leads.website_url, website_leads.business_name, website_leads.created_at
with

chosen as materialized (
    select lead_websites.*
    from lead_websites
    where
        id = cast(:lead_id as uuid)
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
),

-- Two ways in, each by an index: the same time, or the same session.
candidates as (
    select l.*
    from chosen as c
    inner join lead_websites as l
        on
            l.created_at between c.created_at - cast(:near as interval)
            and c.created_at + cast(:near as interval)
    union
    select l.*
    from chosen as c
    inner join lead_websites as l on c.session_id = l.session_id
    union
    select chosen.*
    from chosen
)

select
    cast(l.id as text) as lead_id,
    case when isfinite(l.created_at) then l.created_at end as created_at,
    l.business_name,
    l.website_url,
    l.session_id,
    cast(l.organization_id as text) as organization_id
from candidates as l
cross join chosen as c
where
    (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
    and (
        l.id = c.id
        or l.host = c.host
        or (l.host is null and c.host is null and l.organization_id = c.organization_id)
    )
order by l.created_at asc nulls last, l.id asc
limit 100
