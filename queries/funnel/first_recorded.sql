-- When the source recorded each step for the first time, up to the end of the period's windows.
-- grain: one row per step recorded at any time; first_at is null where that is only later
-- params: steps text[], until timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/event_facts
-- needs: conversion_tracking.conversion_step, conversion_tracking.step_completed_at
select
    conversion_step as step,
    case
        when cast(:until as timestamp) is null or min(step_completed_at) < cast(:until as timestamp)
            then min(step_completed_at)
    end as first_at
from event_facts
where
    -- The planner takes half of the rows for these. On a table without statistics it would expect
    -- few, and sort them on disk.
    coalesce(conversion_step = any(cast(:steps as text[])), false)
    and is_dated
    and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
group by conversion_step
order by first_at, conversion_step
