-- Events of some leads, and events without any lead that have one of the leads' session ids.
-- grain: one row per event, oldest first, at most 1000. The first event of each step on each lead
--   (or session, where there is no lead) has precedence over repeats, and the submission's own
--   events over others
-- params: lead_ids uuid[], own_ids uuid[] (the submission's leads among them), session_ids text[],
--   own_sessions text[] (those of the submission alone), as_of timestamp (exclusive)
-- from: model/event_facts, model/leadless_events
-- needs: conversion_tracking.id, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at,
--   conversion_tracking.session_id
with

matching as (
    select
        id,
        website_lead_id as lead_id,
        conversion_step,
        step_completed_at,
        dated_at,
        session_id
    from event_facts
    where website_lead_id = any(cast(:lead_ids as uuid[]))
    union all
    select
        id,
        cast(null as uuid) as lead_id,
        conversion_step,
        step_completed_at,
        dated_at,
        session_id
    from leadless_events
    where session_id = any(cast(:session_ids as text[]))
),

counted as (
    select
        matching.*,
        row_number() over (
            partition by lead_id, conversion_step, case when lead_id is null then session_id end
            order by step_completed_at asc nulls last, id asc
        ) as nth,
        count(*) over () as in_all
    from matching
    where cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp)
),

shown as (
    select counted.*
    from counted
    order by
        nth = 1 desc,
        coalesce(
            lead_id = any(cast(:own_ids as uuid[])),
            session_id = any(cast(:own_sessions as text[])),
            false
        ) desc,
        step_completed_at asc nulls last,
        id asc
    limit 1000
)

select
    cast(id as text) as event_id,
    cast(lead_id as text) as lead_id,
    conversion_step as step,
    dated_at as at,
    session_id,
    in_all
from shown
order by step_completed_at asc nulls last, id asc
