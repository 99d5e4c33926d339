-- Which of these session ids submitted one website alone.
-- grain: one row per session id
-- params: session_ids text[]
-- from: model/owning_sessions
select session_id
from owning_sessions
where session_id = any(cast(:session_ids as text[]))
