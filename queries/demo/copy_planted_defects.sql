-- Receives the planted defects.
-- grain: none
-- params: none
copy planted.defects (
    kind,
    shown_at,
    submission_id,
    table_name,
    row_id,
    detail
) from stdin
