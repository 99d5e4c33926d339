-- Adds a job that waits for a worker.
-- grain: none
-- params: id uuid, kind text, key text, payload jsonb, group_id uuid (the first of those that run
--   together), process text, at timestamp
insert into jobs (
    id,
    kind,
    key,
    payload,
    group_id,
    state,
    process,
    created_at,
    heartbeat_at
)
values (:id, :kind, :key, cast(:payload as jsonb), :group_id, 'queued', :process, :at, :at)
