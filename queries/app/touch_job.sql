-- Notes that a running submission is alive; no row where it has been given up.
-- grain: one row, or none
-- params: id uuid, at timestamp
update jobs
set heartbeat_at = :at
where id = :id and state = 'running'
returning id
