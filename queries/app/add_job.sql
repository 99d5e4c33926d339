-- Adds a submission that waits for a worker.
-- grain: none
-- params: id uuid, visitor text, website_url text, session_id text, older_session_id text,
--   pace text, process text, at timestamp, release text, visitor_kind text, same_moment boolean,
--   together int, group_id uuid (the first of those that submit together)
insert into jobs (
    id,
    visitor,
    website_url,
    session_id,
    older_session_id,
    pace,
    state,
    process,
    created_at,
    heartbeat_at,
    release,
    visitor_kind,
    same_moment,
    together,
    group_id
)
values (
    :id,
    :visitor,
    :website_url,
    :session_id,
    :older_session_id,
    :pace,
    'queued',
    :process,
    :at,
    :at,
    :release,
    :visitor_kind,
    :same_moment,
    :together,
    :group_id
)
