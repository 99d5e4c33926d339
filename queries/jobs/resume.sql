-- Lets a job go on that is done; no row where it already goes on, or where its rows went with a
-- reset.
-- grain: one row, or none
-- params: id uuid, process text, at timestamp
update jobs
set
    state = 'running',
    process = :process,
    heartbeat_at = :at,
    cancel_requested = false
where id = :id and state = 'done' and reset_at is null
returning id
