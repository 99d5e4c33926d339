-- Ends a submission that has not ended yet.
-- grain: none
-- params: id uuid, state text, at timestamp
update jobs
set
    state = :state,
    ended_at = :at
where id = :id and state in ('queued', 'running')
