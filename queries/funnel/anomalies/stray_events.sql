-- Events of the funnel's steps in a range that no unit can have: without lead where their session
-- has none or several submissions, of a lead that isn't there, or dated after the clock.
-- grain: one row per event and kind, newest first; total is how many of its kind there are
-- params: steps text[], clock timestamp, matches_leads boolean, start_at timestamp (inclusive),
--   end_at timestamp (exclusive), as_of timestamp (exclusive), row_limit integer (of each kind)
-- from: funnel/owners
-- needs: conversion_tracking.id, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at,
--   website_leads.id
with

events as (
    select
        e.id,
        e.website_lead_id,
        e.session_id,
        e.conversion_step,
        e.step_completed_at
    -- A column this database lacks resolves to the one beside the subquery.
    from (values (cast(null as text))) as absent (session_id)
    cross join
        lateral (
            select
                id,
                website_lead_id,
                session_id,
                conversion_step,
                step_completed_at
            from conversion_tracking
            where conversion_step = any(cast(:steps as text[]))
        ) as e
    where
        isfinite(e.step_completed_at)
        and (
            cast(:start_at as timestamp) is null
            or e.step_completed_at >= cast(:start_at as timestamp)
        )
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
),

stray as (
    select
        'orphan' as kind,
        e.*
    from events as e
    left join owners as o on e.session_id = o.session_id and cast(:matches_leads as boolean)
    where
        e.website_lead_id is null
        and o.session_id is null
        and (cast(:end_at as timestamp) is null or e.step_completed_at < cast(:end_at as timestamp))
    union all
    select
        'orphan' as kind,
        e.*
    from events as e
    left join website_leads as l on e.website_lead_id = l.id
    where
        e.website_lead_id is not null
        and l.id is null
        and (cast(:end_at as timestamp) is null or e.step_completed_at < cast(:end_at as timestamp))
    union all
    select
        'future' as kind,
        e.*
    from events as e
    where e.step_completed_at > cast(:clock as timestamp)
),

numbered as (
    select
        stray.*,
        row_number() over (partition by kind order by step_completed_at desc, id asc) as number,
        count(*) over (partition by kind) as total
    from stray
)

select
    kind,
    cast(id as text) as event_id,
    cast(website_lead_id as text) as lead_id,
    session_id,
    conversion_step as step,
    step_completed_at as happened_at,
    total
from numbered
where number <= cast(:row_limit as bigint)
order by kind asc, number asc
