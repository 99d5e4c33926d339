-- Collects planner statistics for newly filled tables.
-- grain: none
-- params: none
analyze organizations, website_leads, conversion_tracking
