-- Receives leads in the column order of the demo's rows.
-- grain: none
-- params: none
copy website_leads (
    id,
    organization_id,
    session_id,
    website_url,
    business_name,
    created_at,
    website_domain,
    lead_source,
    industry_category,
    business_type,
    status,
    utm_source,
    utm_medium,
    utm_campaign,
    referrer,
    user_agent,
    ip_address,
    converted_to_user_id,
    converted_at
) from stdin
