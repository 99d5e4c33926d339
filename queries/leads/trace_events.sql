-- Events of some leads, and events without any lead that carry one of the leads' session ids.
-- grain: one row per event, oldest first, at most 1000
-- params: lead_ids uuid[], session_ids text[], as_of timestamp (exclusive)
-- needs: conversion_tracking.id, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at,
--   conversion_tracking.session_id
select
    cast(e.id as text) as event_id,
    cast(e.website_lead_id as text) as lead_id,
    e.conversion_step as step,
    case when isfinite(e.step_completed_at) then e.step_completed_at end as at,
    e.session_id
from conversion_tracking as e
where
    (
        e.website_lead_id = any(cast(:lead_ids as uuid[]))
        or (e.website_lead_id is null and e.session_id = any(cast(:session_ids as text[])))
    )
    and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
order by e.step_completed_at asc nulls last, e.id asc
limit 1000
