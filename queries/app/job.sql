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
    heartbeat_at,
    release,
    visitor_kind,
    same_moment,
    together,
    coalesce(group_id, id) as group_id
from jobs
where id = :id
