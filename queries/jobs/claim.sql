-- Starts a waiting job, unless somebody else has started, cancelled or given it up.
-- grain: one row, or none
-- params: id uuid, at timestamp
update jobs
set
    state = 'running',
    started_at = :at,
    heartbeat_at = :at
where id = :id and state = 'queued' and not cancel_requested
returning id
