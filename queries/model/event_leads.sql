-- Every tracking event with the lead it belongs to. One that names no lead, or a lead that does not
-- exist, belongs to the submission of its session, where that has exactly one (funnel/owners).
--   lead_id: null where there is no such lead; lead_created_at: what was there as of a time.
-- grain: one row per event
-- params: none
-- from: model/event_facts
-- needs: conversion_tracking.website_lead_id, website_leads.id, website_leads.created_at
select
    e.id,
    e.website_lead_id,
    e.owner,
    e.session_id,
    e.stored_session_id,
    e.conversion_step,
    e.step_completed_at,
    e.dated_at,
    e.is_dated,
    l.id as lead_id,
    cast(l.created_at as timestamp) as lead_created_at
from event_facts as e
left join website_leads as l on e.website_lead_id = l.id
