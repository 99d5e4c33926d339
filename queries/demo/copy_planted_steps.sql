-- Receives the steps that visitors of the planted submissions took.
-- grain: none
-- params: none
copy planted.steps (submission_id, step, happened_at, event_id) from stdin
