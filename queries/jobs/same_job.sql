-- The newest job that was asked for with the same key. One that ended in another way than done, or
-- whose rows went with a reset, is none.
-- grain: one row, or none
-- params: kind text, key text, since timestamp (inclusive; null: of any age),
--   done_too boolean (false: it waits or runs)
select id
from jobs
where
    kind = :kind
    and key = :key
    and (cast(:since as timestamp) is null or created_at >= cast(:since as timestamp))
    and (state in ('queued', 'running') or (cast(:done_too as boolean) and state = 'done'))
    and not cancel_requested
    and reset_at is null
order by created_at desc, id asc
limit 1
