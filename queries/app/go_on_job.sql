-- Lets an ended submission's visitor take another step; no row where one is being taken, or where
-- its rows went with a reset.
-- grain: one row, or none
-- params: id uuid, process text, at timestamp
update jobs
set
    state = 'running',
    process = :process,
    heartbeat_at = :at
where id = :id and state = 'done' and reset_at is null
returning id
