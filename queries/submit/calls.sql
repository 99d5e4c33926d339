-- The calls that a submission has made so far.
-- grain: one row per call
-- params: job_id uuid
select
    name,
    path,
    planned_at,
    started_at,
    ended_at,
    outcome,
    sqlstate,
    constraint_name,
    message,
    table_name,
    row_id,
    retries
from calls
where job_id = :job_id
order by started_at, name
