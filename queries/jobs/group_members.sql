-- The jobs that began together with this one, itself the first.
-- grain: one row per job
-- params: id uuid
select id
from jobs
where id = :id or group_id = :id
order by id <> :id, created_at, id
