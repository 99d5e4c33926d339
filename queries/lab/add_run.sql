-- Adds a run that waits for its turn.
-- grain: none
-- params: id uuid, conditions jsonb, strategies text[], process text, at timestamp
insert into lab_runs (
    id,
    conditions,
    strategies,
    state,
    process,
    created_at,
    heartbeat_at
)
values (
    :id,
    cast(:conditions as jsonb),
    cast(:strategies as text[]),
    'queued',
    :process,
    :at,
    :at
)
