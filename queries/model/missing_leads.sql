-- Leads that events name but that are none: they do not exist, did not exist yet as of a time, or
-- are visits. Events of visits belong to their session's submission.
-- grain: one row per lead
-- params: guaranteed boolean (answer of model/lead_reference), as_of timestamp (exclusive),
--   no_websites text[] (hosts that are no website)
-- from: model/event_leads, model/lead_facts
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
union all
select cast(id as text) as lead_id
from lead_facts
where
    is_visit
    -- Told without the host, which takes longer to find.
    and website_url ilike any(
        array(select '%' || n.host || '%' from unnest(cast(:no_websites as text[])) as n (host))
    )
    and coalesce(created_at < cast(:as_of as timestamp), true)
