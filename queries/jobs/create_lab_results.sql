-- Creates the results of the Lab's runs, one row per write strategy.
-- grain: none
-- params: none
create table lab_results (
    run_id uuid not null references jobs (id),
    place integer not null,
    strategy text not null,
    attempts integer not null,
    saved integer not null,
    duplicate_organizations integer not null,
    duplicate_leads integer not null,
    lost_steps integer not null,
    errors jsonb not null,
    retries integer not null,
    p50_ms double precision not null,
    p95_ms double precision not null,
    correct boolean not null,
    primary key (run_id, place)
);
