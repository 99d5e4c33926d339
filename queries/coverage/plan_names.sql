-- Every name that events have: its number in a range, and its first and last time in the source.
-- grain: one row per name (null where there is none), known ones first, at most 300
-- params: known text[], start_at timestamp (inclusive), until timestamp (exclusive)
-- from: model/event_facts
-- needs: conversion_tracking.conversion_step, conversion_tracking.step_completed_at
select
    conversion_step as name,
    count(*) filter (
        where cast(:start_at as timestamp) is null
        or step_completed_at >= cast(:start_at as timestamp)
    ) as events,
    count(*) as events_ever,
    min(dated_at) as first_at,
    max(dated_at) as last_at,
    count(*) over () as names
from event_facts
where step_completed_at < cast(:until as timestamp)
group by conversion_step
order by
    coalesce(conversion_step = any(cast(:known as text[])), false) desc,
    events_ever desc,
    conversion_step asc
limit 300
