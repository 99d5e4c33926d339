-- A run of the same strategies under the same conditions that has not ended.
-- grain: one row, or none
-- params: conditions jsonb, strategies text[]
select id
from lab_runs
where
    conditions = cast(:conditions as jsonb)
    and strategies = cast(:strategies as text[])
    and state in ('queued', 'running')
    and not cancel_asked
order by created_at, id
limit 1
