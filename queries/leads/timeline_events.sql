-- Events of some leads, and events without any lead that have one of the leads' session ids.
-- grain: one row per event, oldest first, at most 1000. The first event of each step on each lead
--   (or session, where there is no lead) has precedence over repeats, and the submission's own
--   events over others
-- params: lead_ids uuid[], own_ids uuid[] (the submission's leads among them), session_ids text[],
--   own_sessions text[] (those of the submission alone), as_of timestamp (exclusive)
-- from: model/event_facts
-- needs: conversion_tracking.id, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at,
--   conversion_tracking.session_id
with

matching as (
    select
        e.id,
        e.website_lead_id,
        e.conversion_step,
        e.step_completed_at,
        e.dated_at,
        e.session_id,
        row_number() over (
            partition by
                e.website_lead_id,
                e.conversion_step,
                case when e.website_lead_id is null then e.session_id end
            order by e.step_completed_at asc nulls last, e.id asc
        ) as nth,
        count(*) over () as in_all
    from event_facts as e
    where
        (
            e.website_lead_id = any(cast(:lead_ids as uuid[]))
            or (
                e.website_lead_id is null
                and e.stored_session_id = any(cast(:session_ids as text[]))
            )
        )
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
),

shown as (
    select matching.*
    from matching
    order by
        nth = 1 desc,
        coalesce(
            website_lead_id = any(cast(:own_ids as uuid[])),
            session_id = any(cast(:own_sessions as text[])),
            false
        ) desc,
        step_completed_at asc nulls last,
        id asc
    limit 1000
)

select
    cast(id as text) as event_id,
    cast(website_lead_id as text) as lead_id,
    conversion_step as step,
    dated_at as at,
    session_id,
    in_all
from shown
order by step_completed_at asc nulls last, id asc
