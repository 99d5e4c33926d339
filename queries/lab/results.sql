-- What each write strategy of some runs came to, in the order in which they ran.
-- grain: one row per (run, strategy)
-- params: run_ids uuid[]
select
    run_id,
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
where run_id = any(cast(:run_ids as uuid[]))
order by run_id, place
