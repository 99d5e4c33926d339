-- Notes how far a run is, and learns whether it is to go on; no row where it has been given up.
-- grain: one row, or none
-- params: id uuid, at timestamp, strategy text, attempts_done integer
update lab_runs
set
    heartbeat_at = :at,
    strategy = :strategy,
    attempts_done = :attempts_done
where id = :id and state = 'running'
returning cancel_asked
