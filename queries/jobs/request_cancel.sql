-- Asks a job to stop; one that still waits ends at once.
-- grain: none
-- params: id uuid, at timestamp
update jobs
set
    cancel_requested = true,
    state = case state when 'queued' then 'cancelled' else state end,
    ended_at = case state when 'queued' then cast(:at as timestamp) else ended_at end
where id = :id and state in ('queued', 'running')
