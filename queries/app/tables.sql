-- The app's own records of submissions: the jobs, and the ledger of their calls.
-- grain: none
-- params: none
create table if not exists jobs (
    id uuid primary key,
    visitor text not null,
    website_url text not null,
    session_id text not null,
    older_session_id text not null,
    pace text not null,
    state text not null check (state in ('queued', 'running', 'done', 'interrupted')),
    process text not null,
    created_at timestamp not null,
    started_at timestamp,
    ended_at timestamp,
    heartbeat_at timestamp not null,
    reset_at timestamp
);

create index if not exists jobs_visitor_idx on jobs (visitor, website_url, created_at);

create table if not exists calls (
    job_id uuid not null references jobs (id),
    name text not null, -- noqa: RF04
    path text not null, -- noqa: RF04
    planned_at timestamp not null,
    started_at timestamp not null,
    ended_at timestamp,
    outcome text check (outcome in ('committed', 'done', 'error', 'unknown')),
    sqlstate text,
    constraint_name text,
    message text,
    table_name text,
    row_id uuid,
    primary key (job_id, name)
);
