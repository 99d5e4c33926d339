-- Leads whose matching changes which unit reached which step in a range: leads that share their
-- session; leads without session that have a step, or stand so near a bound that they decide on
-- which side of it their submission began; and leads of sessions that have events without lead.
-- grain: one row per lead; pairs: whether it may be matched across sessions, by the median lag
-- params: steps text[], analysis_window interval (the longest an analysis takes),
--   start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/lead_facts, model/event_facts, model/leadless_events
-- needs: website_leads.id, website_leads.session_id, website_leads.created_at,
--   website_leads.website_url, website_leads.organization_id (matching takes these two),
--   conversion_tracking.website_lead_id, conversion_tracking.conversion_step,
--   conversion_tracking.step_completed_at, conversion_tracking.session_id
with

-- Two of a session may be two submissions; matching decides that.
shared_sessions as (
    select stored_session_id
    from lead_facts
    where session_id is not null
    group by stored_session_id
    having count(*) > 1
),

leadless_sessions as (
    select distinct session_id
    from leadless_events
    where
        session_id is not null
        and is_dated
        and conversion_step = any(cast(:steps as text[]))
        and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
),

leads as not materialized (
    select
        id,
        session_id is null as sessionless,
        stored_session_id,
        created_at
    from lead_facts
    where
        (
            cast(:start_at as timestamp) is null
            or created_at >= cast(:start_at as timestamp) - interval '5 seconds'
        )
        and (
            cast(:end_at as timestamp) is null
            or created_at <= cast(:end_at as timestamp) + cast(:analysis_window as interval)
        )
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
)

select
    cast(l.id as text) as lead_id,
    true as pairs
from leads as l
where
    l.sessionless and (
        l.created_at < cast(:start_at as timestamp)
        or (
            l.created_at < cast(:end_at as timestamp)
            and l.created_at >= cast(:end_at as timestamp) - interval '5 seconds'
        )
    )
union
select
    cast(l.id as text) as lead_id,
    true as pairs
from leads as l
where
    l.sessionless
    and exists (
        select 1
        from event_facts as e
        where e.website_lead_id = l.id and e.conversion_step = any(cast(:steps as text[]))
    )
union
select
    cast(l.id as text) as lead_id,
    false as pairs
from leads as l
inner join shared_sessions as s on l.stored_session_id = s.stored_session_id
union
select
    cast(l.id as text) as lead_id,
    true as pairs
from lead_facts as l
inner join leadless_sessions as s on l.stored_session_id = s.session_id
order by lead_id, pairs
