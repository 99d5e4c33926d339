-- Saved runs, the newest first: those of these ids, or all.
-- grain: one row per run
-- params: ids uuid[] (null: all), row_limit integer
select
    id,
    conditions,
    strategies,
    state,
    process,
    created_at,
    started_at,
    ended_at,
    heartbeat_at,
    cancel_asked,
    strategy,
    attempts_done,
    message
from lab_runs
where cast(:ids as uuid[]) is null or id = any(cast(:ids as uuid[]))
order by created_at desc, id asc
limit :row_limit
