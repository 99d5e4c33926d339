-- Every tracking event with the lead it belongs to. An event without an existing lead belongs to
-- the submission of its session, if the session has exactly one (funnel/owners).
--   lead_id: null where there is no such lead.
--   lead_created_at: tells which leads existed as of a time.
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
