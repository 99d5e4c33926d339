-- The lab's saved runs: under which conditions, and what each strategy came to.
-- grain: none
-- params: none
create table if not exists lab_runs (
    id uuid primary key,
    conditions jsonb not null,
    strategies text[] not null,
    state text not null
    check (state in ('queued', 'running', 'done', 'cancelled', 'failed', 'interrupted')),
    process text not null,
    created_at timestamp not null,
    started_at timestamp,
    ended_at timestamp,
    heartbeat_at timestamp not null,
    cancel_asked boolean not null default false,
    strategy text,
    attempts_done integer not null default 0,
    message text
);

create index if not exists lab_runs_created_at_idx on lab_runs (created_at);

create table if not exists lab_results (
    run_id uuid not null references lab_runs (id),
    place integer not null,
    strategy text not null,
    attempts integer not null,
    saved integer not null,
    duplicate_organizations integer not null,
    duplicate_leads integer not null,
    lost_steps integer not null,
    errors jsonb not null, -- noqa: RF04
    retries integer not null,
    p50_ms double precision not null,
    p95_ms double precision not null,
    correct boolean not null,
    primary key (run_id, place)
);
