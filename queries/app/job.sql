-- A submission.
-- grain: one row, or none
-- params: id uuid
select
    id,
    website_url,
    session_id,
    older_session_id,
    pace,
    state,
    process,
    created_at,
    started_at,
    ended_at,
    heartbeat_at
from jobs
where id = :id
