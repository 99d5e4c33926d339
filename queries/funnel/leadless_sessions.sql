-- Sessions that events without lead carry.
-- grain: one row per session
-- params: steps text[], as_of timestamp (exclusive)
-- needs: conversion_tracking.website_lead_id, conversion_tracking.conversion_step,
--   conversion_tracking.step_completed_at, conversion_tracking.session_id
select distinct session_id
from conversion_tracking
where
    website_lead_id is null
    and session_id <> ''
    and conversion_step = any(cast(:steps as text[]))
    and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
order by session_id
