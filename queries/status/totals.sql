-- Tracking events of a range, the leads they belong to and the step names among them.
-- grain: one row
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/event_facts
-- needs: conversion_tracking.website_lead_id, conversion_tracking.conversion_step
select
    count(*) as events,
    count(distinct website_lead_id) as unique_leads,
    count(distinct conversion_step) as unique_steps
from event_facts
where
    (cast(:start_at as timestamp) is null or step_completed_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or step_completed_at < cast(:end_at as timestamp))
    and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
