-- Receives the leads of the planted submissions.
-- grain: none
-- params: none
copy planted.leads (lead_id, submission_id, role) from stdin
