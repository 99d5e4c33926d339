-- Planner statistics for tables that were filled a moment ago.
-- grain: none
-- params: none
analyze organizations, website_leads, conversion_tracking
