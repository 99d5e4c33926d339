-- Notes that the rows of all submissions so far went with the sandbox they were in.
-- grain: none
-- params: at timestamp
update jobs
set reset_at = :at
where reset_at is null
