-- Creates the records of all jobs.
-- grain: none
-- params: none
create table jobs (
    id uuid primary key,
    kind text not null,
    key text not null,
    payload jsonb not null,
    group_id uuid not null,
    state text not null
    check (state in ('queued', 'running', 'done', 'cancelled', 'failed', 'interrupted')),
    process text not null,
    created_at timestamp not null,
    started_at timestamp,
    ended_at timestamp,
    heartbeat_at timestamp not null,
    cancel_requested boolean not null default false,
    progress jsonb not null default '{}',
    message text,
    reset_at timestamp
);

create index on jobs (kind, key, created_at);

create index on jobs (group_id);
