-- Events that a submission logged.
-- grain: one row per event
-- params: event_ids uuid[]
-- needs: conversion_tracking.id, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at,
--   conversion_tracking.session_id
select
    cast(id as text) as event_id,
    cast(website_lead_id as text) as lead_id,
    conversion_step as step,
    step_completed_at as at,
    session_id
from conversion_tracking
where id = any(cast(:event_ids as uuid[]))
order by step_completed_at, id
