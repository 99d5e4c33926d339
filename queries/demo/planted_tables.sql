-- Creates the tables of the planted truth, and of the time up to which the demo is filled. The
-- demo's reader can't see them.
-- grain: none
-- params: none
create schema if not exists planted;

create table if not exists planted.submissions (
    id uuid primary key,
    submitted_at timestamp not null,
    host text not null,
    session_id text not null,
    visitor uuid not null,
    lead_source text,
    in_crowd boolean not null
);

create table if not exists planted.leads (
    lead_id uuid primary key,
    submission_id uuid not null,
    role text not null -- noqa: RF04
);

create table if not exists planted.steps (
    submission_id uuid not null,
    step text not null,
    happened_at timestamp not null,
    event_id uuid
);

create table if not exists planted.defects (
    kind text not null,
    shown_at timestamp not null,
    submission_id uuid,
    table_name text not null,
    row_id uuid not null,
    detail text
);

create table if not exists planted.fillings (
    until timestamp not null
);
