-- Receives tracking events in the column order of the demo's rows.
-- grain: none
-- params: none
copy conversion_tracking (
    id,
    website_lead_id,
    conversion_step,
    step_completed_at,
    session_id,
    step_data,
    conversion_value
) from stdin
