-- When each step was first recorded anywhere in the source, up to the end of what is looked at.
-- grain: one row per step recorded
-- params: steps text[], until timestamp (exclusive), as_of timestamp (exclusive)
-- needs: conversion_tracking.conversion_step, conversion_tracking.step_completed_at
select
    conversion_step as step,
    min(step_completed_at) as first_at
from conversion_tracking
where
    conversion_step = any(cast(:steps as text[]))
    and isfinite(step_completed_at)
    and (cast(:until as timestamp) is null or step_completed_at < cast(:until as timestamp))
    and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
group by conversion_step
order by first_at, conversion_step
