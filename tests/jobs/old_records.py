"""Tables of records as earlier versions created them."""

FIRST_SUBMISSIONS = """
    create table jobs (
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
    create index jobs_visitor_idx on jobs (visitor, website_url, created_at);
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
        primary key (job_id, name)
    );
"""
SECOND_SUBMISSIONS = f"""
    {FIRST_SUBMISSIONS}
    alter table jobs add column release text not null default '2493f44';
    alter table jobs add column visitor_kind text not null default 'anonymous';
    alter table jobs add column same_moment boolean not null default false;
    alter table jobs add column together int not null default 1;
    alter table jobs add column group_id uuid;
    create index jobs_group_idx on jobs (group_id);
    alter table calls add column retries int not null default 0;
"""
FIRST_RUNS = """
    create table lab_runs (
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
    create index lab_runs_created_at_idx on lab_runs (created_at);
    create table lab_results (
        run_id uuid not null references lab_runs (id),
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
"""
