-- The first event of each planned step on each lead, and the time each lead was created.
-- grain: one row per lead (session, where an event has none) and step; step '' is the lead itself
-- params: steps text[], since timestamp (inclusive), until timestamp (exclusive)
-- from: model/lead_facts, model/event_facts
-- needs: website_leads.id, website_leads.created_at, conversion_tracking.id,
--   conversion_tracking.website_lead_id, conversion_tracking.conversion_step,
--   conversion_tracking.step_completed_at, conversion_tracking.session_id
select
    coalesce(
        cast(website_lead_id as text), 'session ' || session_id, 'event ' || cast(id as text)
    ) as unit,
    conversion_step as step,
    min(step_completed_at) as at
from event_facts
where
    conversion_step = any(cast(:steps as text[]))
    and step_completed_at >= cast(:since as timestamp)
    and step_completed_at < cast(:until as timestamp)
group by 1, 2
union all
select
    cast(id as text) as unit,
    '' as step,
    created_at as at
from lead_facts
where created_at >= cast(:since as timestamp) and created_at < cast(:until as timestamp)
