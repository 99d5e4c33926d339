-- Ends a job that has not ended yet.
-- grain: none
-- params: id uuid, state text, at timestamp, message text (null: nothing to be told)
update jobs
set
    state = :state,
    ended_at = :at,
    message = :message
where id = :id and state in ('queued', 'running')
