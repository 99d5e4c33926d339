-- Creates the ledger of the calls that submissions make.
-- grain: none
-- params: none
create table calls (
    job_id uuid not null references jobs (id),
    name text not null,
    path text not null,
    planned_at timestamp not null,
    started_at timestamp not null,
    ended_at timestamp,
    outcome text check (outcome in ('committed', 'done', 'error', 'unknown')),
    sqlstate text,
    constraint_name text,
    message text,
    table_name text,
    row_id uuid,
    retries int not null default 0,
    primary key (job_id, name)
);
