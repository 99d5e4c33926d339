-- Notes that a running job is alive and how far it is, and learns whether it was cancelled; no row
-- where it has ended.
-- grain: one row, or none
-- params: id uuid, at timestamp, progress jsonb (null: as before)
update jobs
set
    heartbeat_at = :at,
    progress = coalesce(cast(:progress as jsonb), progress)
where id = :id and state = 'running'
returning cancel_requested
