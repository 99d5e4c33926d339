-- Submissions that wait or run, or would if their process were still there.
-- grain: one row per submission
-- params: none
select id
from jobs
where state in ('queued', 'running')
order by created_at, id
