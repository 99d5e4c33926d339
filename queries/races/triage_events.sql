-- Starts and completions in a range, of given sessions: the event's own session or its lead's.
-- grain: one row per event, at most row_limit
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp
--   (exclusive), session_ids text[], start_step text, proof_step text, row_limit integer
-- from: model/lead_facts, model/event_facts
-- needs: website_leads.session_id, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.session_id
with

events as (
    select
        website_lead_id,
        conversion_step,
        step_completed_at,
        session_id
    from event_facts
    where
        conversion_step in (:start_step, :proof_step)
        and step_completed_at >= cast(:start_at as timestamp)
        and step_completed_at < cast(:end_at as timestamp)
        and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
),

-- PostgreSQL looks up lists in subqueries by hash, whatever its estimates are.
found as (
    select
        step_completed_at,
        conversion_step,
        session_id
    from events
    where session_id in (select s.id from unnest(cast(:session_ids as text[])) as s (id))
    union all
    select
        e.step_completed_at,
        e.conversion_step,
        l.session_id
    from events as e
    inner join lead_facts as l on e.website_lead_id = l.id
    where
        e.session_id is null
        and l.stored_session_id in (select s.id from unnest(cast(:session_ids as text[])) as s (id))
)

select
    step_completed_at as at,
    session_id,
    conversion_step = :start_step as starts
from found
order by step_completed_at asc, session_id asc, starts asc
limit :row_limit
