-- Notes that the rows of all jobs of a kind went with a reset.
-- grain: none
-- params: kind text, at timestamp
update jobs
set reset_at = :at
where kind = :kind and reset_at is null
