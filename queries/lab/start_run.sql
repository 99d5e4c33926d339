-- Starts a waiting run, unless somebody has given it up or started it.
-- grain: one row, or none
-- params: id uuid, at timestamp
update lab_runs
set
    state = 'running',
    started_at = :at,
    heartbeat_at = :at
where id = :id and state = 'queued' and not cancel_asked
returning id
