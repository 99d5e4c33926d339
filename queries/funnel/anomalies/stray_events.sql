-- Events of the funnel's steps in a range that no unit can have: without lead where their session
-- has none or several submissions, or dated after the clock.
-- grain: one row per event and kind, newest first; total is how many of its kind there are
-- params: steps text[], clock timestamp, start_at timestamp (inclusive),
--   end_at timestamp (exclusive, for orphaned events alone), as_of timestamp (exclusive),
--   row_limit integer (of each kind; null for all)
-- from: model/event_facts, model/leadless_events, funnel/owners
-- needs: conversion_tracking.id, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at
with

stray as (
    select
        'orphaned event' as kind,
        e.id,
        e.website_lead_id,
        e.session_id,
        e.conversion_step,
        e.step_completed_at,
        e.dated_at,
        e.is_dated
    from leadless_events as e
    left join owners as o on e.session_id = o.session_id
    where
        o.session_id is null
        and (cast(:end_at as timestamp) is null or e.step_completed_at < cast(:end_at as timestamp))
    union all
    select
        'future-dated' as kind,
        e.id,
        e.website_lead_id,
        e.session_id,
        e.conversion_step,
        e.step_completed_at,
        e.dated_at,
        e.is_dated
    from event_facts as e
    where e.step_completed_at > cast(:clock as timestamp)
),

numbered as (
    select
        stray.*,
        row_number() over (partition by kind order by dated_at desc, id asc) as number,
        count(*) over (partition by kind) as total
    from stray
    where
        conversion_step = any(cast(:steps as text[]))
        and is_dated
        and (
            cast(:start_at as timestamp) is null
            or step_completed_at >= cast(:start_at as timestamp)
        )
        and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
)

select
    kind,
    cast(id as text) as event_id,
    cast(website_lead_id as text) as lead_id,
    session_id,
    conversion_step as step,
    dated_at as happened_at,
    total
from numbered
where cast(:row_limit as bigint) is null or number <= cast(:row_limit as bigint)
order by kind asc, number asc
