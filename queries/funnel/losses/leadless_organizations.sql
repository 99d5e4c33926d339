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

organizations_of_hosts as materialized (
    select
        id,
        created_at,
        host
    from hosted
    where id is not null and host is not null
),

closest as (
    select distinct on (o.id)
        o.id,
        l.lead_id
    from organizations_of_hosts as o
    cross join reach as r
    inner join hosted as l
        on
            o.host = l.host
            and l.created_at >= o.created_at - r.length
            and l.created_at <= o.created_at + r.length
    where l.lead_id is not null
    order by
        o.id asc,
        greatest(l.created_at, o.created_at) - least(l.created_at, o.created_at) asc,
        l.lead_id asc
),

placed as (
    select
        o.id,
        o.created_at,
        o.host,
        c.lead_id,
        coalesce(
            o.created_at - lag(o.created_at) over same > r.length,
            true
        ) as is_first
    from organizations_of_hosts as o
    cross join reach as r
    left join closest as c on o.id = c.id
    window same as (partition by o.host, c.lead_id is null order by o.created_at, o.id)
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
    cast(lead_id as text) as lead_id,
    cast(
        first_value(id) over (
            partition by host, lead_id is null, number
            order by created_at, id
        ) as text
    ) as group_id,
    min(created_at) over (partition by host, lead_id is null, number) as group_at
from numbered
order by organization_id
