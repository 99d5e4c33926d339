-- Leads that events name but that do not exist, or did not exist yet as of a time.
-- grain: one row per lead
-- params: guaranteed boolean (answer of model/lead_reference), as_of timestamp (exclusive)
-- from: model/event_leads
-- needs: conversion_tracking.website_lead_id
select cast(website_lead_id as text) as lead_id
from event_leads
where
    -- Without the guarantee, every event is read.
    not cast(:guaranteed as boolean)
    and website_lead_id is not null
    and lead_id is null
group by website_lead_id
union all
select cast(website_lead_id as text) as lead_id
from event_leads
where
    lead_created_at >= cast(:as_of as timestamp)
    and step_completed_at < cast(:as_of as timestamp)
group by website_lead_id
