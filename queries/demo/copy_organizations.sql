-- Receives organizations in the column order of the demo's rows.
-- grain: none
-- params: none
copy organizations (
    id,
    name,
    slug,
    user_id,
    session_id,
    website_url,
    created_at,
    updated_at
) from stdin
