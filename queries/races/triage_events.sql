-- Starts and completions of a time, of given sessions: the event's own session, or its lead's.
-- grain: one row per event, at most row_limit
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp
--   (exclusive), session_ids text[], start_step text, proof_step text, row_limit integer
-- needs: website_leads.id, website_leads.session_id, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at,
--   conversion_tracking.session_id
with

asked as (
    select distinct session_id
    from unnest(cast(:session_ids as text[])) as s (session_id)
),

events as (
    select
        e.step_completed_at,
        e.conversion_step,
        coalesce(nullif(e.session_id, ''), l.session_id) as session_id
    from conversion_tracking as e
    left join website_leads as l on e.website_lead_id = l.id
    where
        e.conversion_step in (:start_step, :proof_step)
        and e.step_completed_at >= cast(:start_at as timestamp)
        and e.step_completed_at < cast(:end_at as timestamp)
        and (
            cast(:as_of as timestamp) is null
            or e.step_completed_at < cast(:as_of as timestamp)
        )
)

select
    e.step_completed_at as at,
    e.session_id,
    e.conversion_step = :start_step as starts
from events as e
inner join asked on e.session_id = asked.session_id
order by e.step_completed_at asc, e.session_id asc, starts asc
limit :row_limit
