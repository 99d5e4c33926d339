-- Jobs of a kind that wait or run, or would if their process were still there.
-- grain: one row per job
-- params: kind text
select id
from jobs
where kind = :kind and state in ('queued', 'running')
order by created_at, id
