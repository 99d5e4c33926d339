-- Whose the events without lead are: their session's, where it has one submission.
-- grain: one row per session
-- params: none
-- from: funnel/units
select
    session_id,
    min(cast(unit_id as text)) as unit_id,
    min(begun_at) as begun_at
from units
where session_id is not null
group by session_id
having count(distinct submission_id) = 1
