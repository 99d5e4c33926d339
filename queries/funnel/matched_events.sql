-- The step events of the units that leads were matched into, in a range. Events without lead belong
-- to the unit of their session.
-- grain: one row per event
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/event_facts, model/leadless_events, funnel/step_names, funnel/units, funnel/owners
-- needs: conversion_tracking.website_lead_id, conversion_tracking.conversion_step,
--   conversion_tracking.step_completed_at
select
    u.unit_id,
    e.id,
    e.conversion_step,
    e.dated_at as at
from units as u
inner join event_facts as e on u.lead_id = e.website_lead_id
inner join step_names as s on e.conversion_step = s.name
where
    (cast(:start_at as timestamp) is null or u.begun_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or u.begun_at < cast(:end_at as timestamp))
    and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
    and u.unit_id is not null
    and e.is_dated
union all
select
    cast(o.unit_id as uuid) as unit_id,
    e.id,
    e.conversion_step,
    e.dated_at as at
from owners as o
-- However few sessions the planner expects, a full join is never a nested loop.
full join
    (
        select
            l.id,
            l.session_id,
            l.conversion_step,
            l.dated_at
        from leadless_events as l
        inner join step_names as s on l.conversion_step = s.name
        where
            l.is_dated
            and (
                cast(:as_of as timestamp) is null
                or l.step_completed_at < cast(:as_of as timestamp)
            )
    ) as e
    on o.session_id = e.session_id
where
    case
        when o.unit_id is null or e.dated_at is null then false
        else
            (cast(:start_at as timestamp) is null or o.begun_at >= cast(:start_at as timestamp))
            and (cast(:end_at as timestamp) is null or o.begun_at < cast(:end_at as timestamp))
    end
