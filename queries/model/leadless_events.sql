-- Events without a lead: their row names none, or one that does not exist. They count for the
-- submission of their session (funnel/owners).
-- grain: one row per event
-- params: missing_leads uuid[] (answers of model/missing_leads)
-- from: model/event_facts
-- needs: conversion_tracking.website_lead_id
select
    e.id,
    e.website_lead_id,
    e.session_id,
    e.conversion_step,
    e.step_completed_at,
    e.dated_at,
    e.is_dated
from event_facts as e
where
    e.website_lead_id is null
    -- An array is looked up in the index; a join would read every event.
    or e.website_lead_id = any(cast(:missing_leads as uuid[]))
