-- What each strategy of a run came to, in the order in which they ran.
-- grain: one row per strategy
-- params: run_id uuid
select
    strategy,
    attempts,
    saved,
    duplicate_organizations,
    duplicate_leads,
    lost_steps,
    errors,
    retries,
    p50_ms,
    p95_ms,
    correct
from lab_results
where run_id = :run_id
order by place
