-- Jobs of a kind, the newest first: those of these ids, or all.
-- grain: one row per job
-- params: kind text, ids uuid[] (null: all), row_limit integer
select
    id,
    payload,
    group_id,
    state,
    process,
    created_at,
    started_at,
    heartbeat_at,
    cancel_requested,
    progress,
    message
from jobs
where kind = :kind and (cast(:ids as uuid[]) is null or id = any(cast(:ids as uuid[])))
order by created_at desc, id asc
limit :row_limit
