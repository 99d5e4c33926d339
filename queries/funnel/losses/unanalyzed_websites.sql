-- Placeholder leads with a completed analysis on websites where it takes merging to know whether
-- they have an analyzed lead. All others have: on their website stands one submission and one lead
-- without session, an analysis later; or no placeholder at all.
-- grain: one row per lead
-- params: completion_name text (the step), placeholder text (the business name before analysis),
--   analysis_window interval (the longest an analysis takes), start_at timestamp (inclusive),
--   end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/lead_facts
-- needs: website_leads.id, website_leads.session_id, website_leads.website_url,
--   website_leads.organization_id, website_leads.business_name, website_leads.created_at,
--   conversion_tracking.website_lead_id, conversion_tracking.conversion_step,
--   conversion_tracking.step_completed_at
with

leads as materialized (
    select
        id,
        nullif(session_id, '') as session_id,
        created_at,
        website,
        coalesce(business_name <> cast(:placeholder as text), true) as is_analyzed
    from lead_facts
    where cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp)
),

to_tell as (
    select website
    from leads
    group by website
    having
        not bool_and(is_analyzed)
        and not coalesce(
            bool_and(isfinite(created_at))
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

completed as (
    select distinct website_lead_id
    from conversion_tracking
    where
        conversion_step = cast(:completion_name as text)
        and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
)

select cast(l.id as text) as lead_id
from leads as l
inner join to_tell as t on l.website = t.website
inner join completed as c on l.id = c.website_lead_id
where
    not l.is_analyzed
    -- A submission's lead may be that much apart from its beginning; a session's other leads are
    -- merged anyway.
    and (
        cast(:start_at as timestamp) is null
        or l.created_at >= cast(:start_at as timestamp) - interval '5 seconds'
    )
    and (
        cast(:end_at as timestamp) is null
        or l.created_at <= cast(:end_at as timestamp) + cast(:analysis_window as interval)
    )
order by lead_id
