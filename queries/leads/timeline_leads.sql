-- Leads of one lead's submission, and leads of the same website that are near it in time or have
-- its session id. For a lead without a website, the organization takes the website's place.
-- grain: one row per lead, oldest first, at most 100: the submission's own, then the nearest
-- params: lead_id uuid, own_ids uuid[] (leads of the same submission), analysis_window interval,
--   as_of timestamp (exclusive)
-- from: model/lead_facts
-- needs: website_leads.id, website_leads.organization_id, website_leads.session_id,
--   website_leads.website_url, website_leads.business_name, website_leads.created_at
with

chosen as materialized (
    select lead_facts.*
    from lead_facts
    where
        id = cast(:lead_id as uuid)
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
),

-- Leads come by three ways, each with an index: the same time, session or submission.
candidates as (
    select l.*
    from chosen as c
    inner join lead_facts as l
        on
            l.created_at between c.created_at - cast(:analysis_window as interval)
            and c.created_at + cast(:analysis_window as interval)
    union
    select l.*
    from chosen as c
    inner join lead_facts as l on c.session_id = l.stored_session_id
    union
    select l.*
    from lead_facts as l
    where l.id = any(cast(:own_ids as uuid[]))
    union
    select chosen.*
    from chosen
),

matching as (
    select
        l.*,
        case
            when l.is_dated and c.is_dated
                then greatest(l.created_at - c.created_at, c.created_at - l.created_at)
        end as distance
    from candidates as l
    cross join chosen as c
    where
        (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
        and (
            l.id = c.id
            or l.id = any(cast(:own_ids as uuid[]))
            or (l.host = c.host and not c.is_visit)
            or (l.host is null and c.host is null and l.organization_id = c.organization_id)
        )
),

nearest as (
    select
        matching.*,
        count(*) over () as in_all
    from matching
    order by
        id = cast(:lead_id as uuid) desc,
        id = any(cast(:own_ids as uuid[])) desc,
        distance asc nulls last,
        id asc
    limit 100
)

select
    cast(id as text) as lead_id,
    dated_at as created_at,
    business_name,
    website_url,
    session_id,
    cast(organization_id as text) as organization_id,
    in_all
from nearest
order by created_at asc nulls last, id asc
