-- Placeholder leads with a completed analysis on websites where it takes matching to know whether
-- they have an analyzed lead. All others have: on their website stands one submission and one lead
-- without session, an analysis later; or no placeholder at all.
-- grain: one row per lead
-- params: completion_name text (the step), analysis_window interval (the longest an analysis
--   takes), start_at timestamp (inclusive), end_at timestamp (exclusive),
--   as_of timestamp (exclusive)
-- from: model/lead_facts, model/event_facts, model/leadless_events
-- needs: website_leads.id, website_leads.session_id, website_leads.website_url,
--   website_leads.organization_id, website_leads.business_name, website_leads.created_at,
--   conversion_tracking.website_lead_id, conversion_tracking.conversion_step,
--   conversion_tracking.step_completed_at, conversion_tracking.session_id
with

leads as materialized (
    select
        id,
        session_id,
        created_at,
        is_dated,
        website,
        is_analyzed
    from lead_facts
    where
        not is_visit
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
),

to_tell as (
    select website
    from leads
    group by website
    having
        not bool_and(is_analyzed)
        and not coalesce(
            bool_and(is_dated)
            and min(session_id collate "C") = max(session_id collate "C")
            and count(*) filter (where session_id is null) = 1
            and bool_or(is_analyzed) filter (where session_id is null)
            and min(created_at) filter (where session_id is null)
            >= min(created_at) filter (where session_id is not null) - interval '5 seconds'
            and min(created_at) filter (where session_id is null)
            <= min(created_at) filter (where session_id is not null)
            + cast(:analysis_window as interval),
            false
        )
),

-- Of a lead, or of a session where the lead does not exist.
completed as (
    select website_lead_id as id
    from event_facts
    where
        conversion_step = cast(:completion_name as text)
        and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
    union
    select l.id
    from leads as l
    inner join leadless_events as e on l.session_id = e.session_id
    where
        e.conversion_step = cast(:completion_name as text)
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
)

select cast(l.id as text) as lead_id
from leads as l
inner join to_tell as t on l.website = t.website
inner join completed as c on l.id = c.id
where
    not l.is_analyzed
    -- A submission's lead may be that much apart from its beginning; a session's other leads are
    -- matched anyway.
    and (
        cast(:start_at as timestamp) is null
        or l.created_at >= cast(:start_at as timestamp) - interval '5 seconds'
    )
    and (
        cast(:end_at as timestamp) is null
        or l.created_at <= cast(:end_at as timestamp) + cast(:analysis_window as interval)
    )
order by lead_id
