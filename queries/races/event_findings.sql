-- Leads without any event that are newer than the source's first event, and events without a lead.
-- These events have a session with a lead, a session without a lead, or no session.
-- grain: one row per (kind, lead or event), newest first, at most row_limit (null for all)
-- params: kind text (null: every kind), row_limit integer, start_at timestamp (inclusive),
--   end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/lead_facts, model/event_facts
-- needs: website_leads.session_id, website_leads.website_url,
--   conversion_tracking.website_lead_id, conversion_tracking.conversion_step,
--   conversion_tracking.session_id
with

tracked as materialized (
    select
        website_lead_id,
        min(dated_at) as first_at
    from event_facts
    where cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp)
    group by website_lead_id
),

tracking as materialized (
    select min(first_at) as began_at
    from tracked
),

leads as (
    select
        id,
        session_id,
        website_url,
        created_at,
        is_dated
    from lead_facts
    where cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp)
),

-- Events that name no lead, or a lead that does not exist (as of a time: not yet).
orphans as materialized (
    select
        e.id,
        e.conversion_step,
        e.dated_at as at,
        e.session_id
    from event_facts as e
    left join leads as l on e.website_lead_id = l.id
    where
        l.id is null
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
),

owners as (
    select
        l.session_id,
        min(cast(l.id as text) collate "C") as lead_id,
        min(l.website_url) as website_url
    from leads as l
    inner join (select distinct session_id from orphans) as o on l.session_id = o.session_id
    group by l.session_id
),

findings as (
    select
        'leads_without_events' as kind,
        cast(l.id as text) as row_id,
        cast(l.id as text) as lead_id,
        l.created_at as at,
        l.website_url,
        cast(null as text) as detail
    from leads as l
    cross join tracking as t
    left join tracked as e on l.id = e.website_lead_id
    where e.website_lead_id is null and l.created_at >= t.began_at and l.is_dated
    union all
    select
        'events_without_lead' as kind,
        cast(e.id as text) as row_id,
        o.lead_id,
        e.at,
        o.website_url,
        case
            when e.session_id is null then 'no session'
            when o.session_id is null then 'its session has no lead'
            else 'its session has a lead'
        end as detail
    from orphans as e
    left join owners as o on e.session_id = o.session_id
)

select
    kind,
    row_id,
    lead_id,
    at,
    cast(null as double precision) as gap_seconds,
    website_url as website,
    detail
from findings
where
    (cast(:kind as text) is null or kind = cast(:kind as text))
    and (cast(:start_at as timestamp) is null or at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or at < cast(:end_at as timestamp))
order by at desc nulls last, kind asc, row_id asc
limit cast(:row_limit as integer)
