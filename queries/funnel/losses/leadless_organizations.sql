-- Organizations without owner that have a website and no lead: each with the lead of its website
-- that was created closest to it, within the time an analysis takes, if there is one. Those of one
-- website that follow each other within that time may be one submission's: they share the group.
-- grain: one row per organization created longer ago than an analysis takes
-- params: owners_known boolean (null: no column says who owns one, and none is told),
--   analysis_window interval (the longest an analysis takes), clock timestamp,
--   as_of timestamp (exclusive)
-- from: model/organization_facts, model/lead_facts
-- needs: organizations.id, organizations.website_url, organizations.created_at, website_leads.id,
--   website_leads.organization_id, website_leads.website_url, website_leads.created_at
with

reach as materialized (
    select
        -- Writers race.
        cast(:analysis_window as interval) + interval '5 seconds' as length,
        cast(:clock as timestamp) as clock
),

without_lead as (
    select
        o.id,
        o.host,
        o.created_at
    from organization_facts as o
    cross join reach as r
    where
        not exists (
            select 1
            from website_leads as l
            where
                l.organization_id = o.id
                and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
        )
        and cast(:owners_known as boolean)
        and o.owner is null
        and o.is_dated
        and o.created_at < r.clock - r.length
        and (cast(:as_of as timestamp) is null or o.created_at < cast(:as_of as timestamp))
),

hosted as materialized (
    select
        o.id,
        o.created_at,
        cast(null as uuid) as lead_id,
        o.host
    from without_lead as o
    union all
    select
        cast(null as uuid) as id,
        l.created_at,
        l.id as lead_id,
        l.host
    from lead_facts as l
    where
        l.is_dated
        and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
        -- Where there is none, no lead is read.
        and exists (select 1 from without_lead)
),

of_hosts as (
    select
        hosted.*,
        bool_or(id is not null) over (partition by host) as has_organization
    from hosted
    where host is not null
),

-- An organization has as many leads before it as the last of them has, and likewise after it. Of
-- leads at the same time the smallest id is the closest.
counted as (
    select
        id,
        host,
        created_at,
        cast(lead_id as text) collate "C" as lead_id,
        count(lead_id) over (
            partition by host order by created_at asc, lead_id desc nulls last
            rows unbounded preceding
        ) as leads_before,
        count(lead_id) over (
            partition by host order by created_at desc, lead_id desc nulls last
            rows unbounded preceding
        ) as leads_after
    from of_hosts
    where has_organization
),

beside as (
    select
        id,
        host,
        created_at,
        max(lead_id) over before as lead_before,
        created_at - max(created_at) filter (where lead_id is not null) over before as time_before,
        max(lead_id) over after as lead_after,
        max(created_at) filter (where lead_id is not null) over after - created_at as time_after
    from counted
    window
        before as (partition by host, leads_before),
        after as (partition by host, leads_after)
),

closest as (
    select
        b.id,
        b.host,
        b.created_at,
        r.length,
        case
            when least(b.time_before, b.time_after) > r.length then null
            when b.time_after is null then b.lead_before
            when (b.time_before, b.lead_before) < (b.time_after, b.lead_after) then b.lead_before
            else b.lead_after
        end as lead_id
    from beside as b
    cross join reach as r
    where b.id is not null
),

placed as (
    select
        closest.*,
        coalesce(created_at - lag(created_at) over same > length, true) as is_first
    from closest
    window same as (partition by host, lead_id is null order by created_at, id)
),

numbered as (
    select
        placed.*,
        count(*) filter (where is_first) over (
            partition by host, lead_id is null
            order by created_at, id
        ) as number
    from placed
)

select
    cast(id as text) as organization_id,
    lead_id,
    cast(
        first_value(id) over (
            partition by host, lead_id is null, number
            order by created_at, id
        ) as text
    ) as group_id,
    min(created_at) over (partition by host, lead_id is null, number) as group_at
from numbered
order by organization_id
