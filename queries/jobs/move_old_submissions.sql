-- Copies the submissions of an earlier version, the first of which had no choices and no groups.
-- grain: none
-- params: none
insert into jobs (
    id,
    kind,
    key,
    payload,
    group_id,
    state,
    process,
    created_at,
    started_at,
    ended_at,
    heartbeat_at,
    reset_at
)
select
    o.id,
    'submission' as kind,
    concat(o.visitor, ' ', o.website_url) as key,
    jsonb_build_object(
        'website_url', o.website_url,
        'session_id', o.session_id,
        'older_session_id', o.older_session_id,
        'pace', o.pace,
        'release', coalesce(to_jsonb(o) ->> 'release', '2493f44'),
        'visitor', coalesce(to_jsonb(o) ->> 'visitor_kind', 'anonymous'),
        'same_moment', cast(coalesce(to_jsonb(o) ->> 'same_moment', 'false') as boolean),
        'together', cast(coalesce(to_jsonb(o) ->> 'together', '1') as integer)
    ) as payload,
    coalesce(cast(to_jsonb(o) ->> 'group_id' as uuid), o.id) as group_id,
    o.state,
    o.process,
    o.created_at,
    o.started_at,
    o.ended_at,
    o.heartbeat_at,
    o.reset_at
from old_jobs as o;

alter table calls
drop constraint calls_job_id_fkey,
add column if not exists retries int not null default 0,
add foreign key (job_id) references jobs (id);

drop table old_jobs;
