-- Organizations that something went wrong with: ownerless ones of a website that already had an
-- ownerless one (within the analysis window, or later) or an owned one, ones without lead, and ones
-- whose session id is younger than they are. Without a website only the last can be told.
-- grain: one row per (kind, organization), newest first, at most row_limit (null for all)
-- params: analysis_window interval (the longest an analysis takes), kind text (null: every kind),
--   row_limit integer, start_at timestamp (inclusive), end_at timestamp (exclusive),
--   as_of timestamp (exclusive)
-- from: model/organization_facts
-- needs: organizations.id, organizations.session_id, organizations.website_url,
--   organizations.created_at, website_leads.id, website_leads.organization_id,
--   website_leads.session_id, website_leads.created_at
with

hosted as materialized (
    select
        id,
        owner is null as ownerless,
        case when isfinite(created_at) then created_at end as created_at,
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
    from website_leads
    where cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp)
    group by organization_id
),

-- A clock that is hours off writes every row too early or too late: the day's median age of a
-- session id says so, where it lies near a quarter of an hour. Leads' ids are never overwritten, so
-- they are asked first.
ages as (
    select
        cast(created_at as date) as day,
        2 as rank,
        extract(epoch from created_at - session_at) as seconds
    from hosted
    where session_at is not null
    union all
    select
        cast(l.created_at as date) as day,
        1 as rank,
        extract(
            epoch from l.created_at - timestamp '1970-01-01'
            - cast(split_part(l.session_id, '_', 2) as bigint) * interval '1 millisecond'
        ) as seconds
    from website_leads as l
    where
        l.session_id ~ '^session_[0-9]{12,14}_[0-9a-z]{9}$'
        and isfinite(l.created_at)
        and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
),

usual_ages as (
    select
        day,
        rank,
        percentile_disc(0.5) within group (order by seconds) as seconds
    from ages
    where day is not null
    group by day, rank
    having count(*) >= 3
),

clocks as (
    select distinct on (day)
        day,
        case
            when
                abs(seconds) >= 1500
                and abs(seconds - round(seconds / 900) * 900) <= 300
                then round(seconds / 900) * interval '15 minutes'
            else interval '0'
        end as ahead
    from usual_ages
    order by day, rank
),

overwritten as (
    select
        h.id,
        h.host,
        h.created_at,
        h.session_at - h.created_at + coalesce(c.ahead, interval '0') as gap
    from hosted as h
    left join clocks as c on cast(h.created_at as date) = c.day
    where
        h.session_at is not null
        -- Clocks of browser and server differ by a little.
        and h.session_at - h.created_at + coalesce(c.ahead, interval '0') > interval '5 seconds'
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
