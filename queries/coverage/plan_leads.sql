-- Leads of a range without any event, and how many of them are older than the first event.
-- grain: one row
-- params: start_at timestamp (inclusive), until timestamp (exclusive)
-- from: model/lead_facts, model/event_facts
-- needs: website_leads.id, website_leads.created_at, conversion_tracking.website_lead_id,
--   conversion_tracking.step_completed_at
with

tracked as materialized (
    select
        website_lead_id,
        min(dated_at) as first_at
    from event_facts
    where step_completed_at < cast(:until as timestamp)
    group by website_lead_id
),

began as materialized (
    select min(first_at) as tracking_began_at
    from tracked
)

select
    b.tracking_began_at,
    count(l.id) as leads,
    count(l.id) filter (where t.website_lead_id is null) as without_events,
    count(l.id) filter (
        where t.website_lead_id is null
        and (b.tracking_began_at is null or l.created_at < b.tracking_began_at)
    ) as before_tracking
from began as b
left join lead_facts as l
    on
        l.created_at < cast(:until as timestamp)
        and (cast(:start_at as timestamp) is null or l.created_at >= cast(:start_at as timestamp))
left join tracked as t on l.id = t.website_lead_id
group by b.tracking_began_at
