-- Tracking events of a range by step name.
-- grain: one row per step name, the largest first; a null name is its own row
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/event_facts
-- needs: conversion_tracking.conversion_step
select
    conversion_step as name,
    count(*) as events
from event_facts
where
    (cast(:start_at as timestamp) is null or step_completed_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or step_completed_at < cast(:end_at as timestamp))
    and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
group by conversion_step
order by events desc, conversion_step asc
limit 200
