-- Notes what became of a call, whether at its end or when it was read back.
-- grain: none
-- params: job_id uuid, name text, at timestamp, outcome text, sqlstate text, constraint_name text,
--   message text
update calls
set
    ended_at = coalesce(ended_at, :at),
    outcome = :outcome,
    sqlstate = :sqlstate,
    constraint_name = :constraint_name,
    message = :message
where job_id = :job_id and name = :name
