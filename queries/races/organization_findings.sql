-- Organizations with a failure. An ownerless one is a finding if its website already had an
-- ownerless one (within the analysis window, or earlier) or an owned one. So is one without a lead,
-- and one whose session id is younger than itself. Without a website, only the last kind is known.
-- grain: one row per (kind, organization), newest first, at most row_limit (null for all)
-- params: analysis_window interval (the longest an analysis takes), kind text (null: every kind),
--   row_limit integer, start_at timestamp (inclusive), end_at timestamp (exclusive),
--   as_of timestamp (exclusive), clock_starts timestamp[] (rising), clock_minutes integer[]
--   (how far the rows' clock is ahead of UTC from each start on)
-- from: model/organization_facts, model/lead_facts
-- needs: organizations.session_id, organizations.website_url, website_leads.organization_id
with

hosted as materialized (
    select
        id,
        owner is null as ownerless,
        dated_at as created_at,
        case
            when session_id ~ '^session_[0-9]{12,14}_[0-9a-z]{9}$'
                then
                    timestamp '1970-01-01'
                    + cast(split_part(session_id, '_', 2) as bigint) * interval '1 millisecond'
        end as session_at,
        host
    from organization_facts
    where cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp)
),

siblings as (
    select
        id,
        host,
        created_at,
        created_at - lag(created_at) over (partition by host order by created_at, id) as gap
    from hosted
    where ownerless and host is not null and created_at is not null
),

owned as (
    select
        host,
        created_at
    from hosted
    where not ownerless and host is not null
),

beside as (
    select
        h.id,
        h.host,
        h.created_at,
        min(abs(extract(epoch from h.created_at - owned.created_at))) as seconds
    from hosted as h
    inner join owned on h.host = owned.host
    where h.ownerless
    group by h.id, h.host, h.created_at
),

first_leads as materialized (
    select
        organization_id,
        min(cast(id as text) collate "C") as lead_id
    from lead_facts
    where cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp)
    group by organization_id
),

-- The times without the clock's offset.
placed as (
    select
        id,
        host,
        created_at,
        session_at - created_at + coalesce(
            (cast(:clock_minutes as integer[]))[
                greatest(width_bucket(created_at, cast(:clock_starts as timestamp[])), 1)
            ],
            0
        ) * interval '1 minute' as gap
    from hosted
    where session_at is not null
),

overwritten as (
    select
        id,
        host,
        created_at,
        gap
    from placed
    -- The clocks of browser and server may differ slightly.
    where gap > interval '5 seconds'
),

findings as (
    select
        case
            when gap <= cast(:analysis_window as interval) then 'duplicate_organizations'
            else 'recreated_organizations'
        end as kind,
        id,
        host,
        created_at,
        cast(extract(epoch from gap) as double precision) as gap_seconds
    from siblings
    where gap is not null
    union all
    select
        'owned_beside_anonymous' as kind,
        id,
        host,
        created_at,
        cast(seconds as double precision) as gap_seconds
    from beside
    union all
    select
        'organizations_without_lead' as kind,
        h.id,
        h.host,
        h.created_at,
        cast(null as double precision) as gap_seconds
    from hosted as h
    left join first_leads as l on h.id = l.organization_id
    where h.ownerless and h.host is not null and l.organization_id is null
    union all
    select
        'overwritten_sessions' as kind,
        id,
        host,
        created_at,
        cast(extract(epoch from gap) as double precision) as gap_seconds
    from overwritten
)

select
    f.kind,
    cast(f.id as text) as row_id,
    l.lead_id,
    f.created_at as at,
    f.gap_seconds,
    f.host as website,
    cast(null as text) as detail
from findings as f
left join first_leads as l on f.id = l.organization_id
where
    (cast(:kind as text) is null or f.kind = cast(:kind as text))
    and (cast(:start_at as timestamp) is null or f.created_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or f.created_at < cast(:end_at as timestamp))
order by f.created_at desc nulls last, f.kind asc, f.id asc
limit cast(:row_limit as integer)
