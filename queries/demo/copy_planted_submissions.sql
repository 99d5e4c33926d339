-- Receives the submissions of the planted truth.
-- grain: none
-- params: none
copy planted.submissions (
    id,
    submitted_at,
    host,
    session_id,
    visitor,
    lead_source,
    in_crowd
) from stdin
