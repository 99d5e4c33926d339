-- Notes that a call is about to be made, and the row it writes; no row where the submission has
-- been given up.
-- grain: one row, or none
-- params: job_id uuid, name text, path text, planned_at timestamp, at timestamp,
--   table_name text (null: it writes none), row_id uuid (null: it writes none)
insert into calls (job_id, name, path, planned_at, started_at, table_name, row_id)
select
    id,
    cast(:name as text) as name,
    cast(:path as text) as path,
    cast(:planned_at as timestamp) as planned_at,
    cast(:at as timestamp) as started_at,
    cast(:table_name as text) as table_name,
    cast(:row_id as uuid) as row_id
from jobs
where id = :job_id and state = 'running'
on conflict (job_id, name) do update set started_at = excluded.started_at
returning job_id
