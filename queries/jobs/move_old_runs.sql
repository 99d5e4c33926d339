-- Copies the Lab's runs of an earlier version.
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
    cancel_requested,
    progress,
    message
)
select
    id,
    'lab run' as kind,
    concat(conditions, ' ', to_jsonb(strategies)) as key,
    jsonb_build_object('conditions', conditions, 'strategies', to_jsonb(strategies)) as payload,
    id as group_id,
    state,
    process,
    created_at,
    started_at,
    ended_at,
    heartbeat_at,
    cancel_asked,
    jsonb_build_object('strategy', strategy, 'attempts_done', attempts_done) as progress,
    message
from lab_runs;

alter table lab_results
drop constraint lab_results_run_id_fkey,
add foreign key (run_id) references jobs (id);

drop table lab_runs;
