-- Adds a lead; nothing keeps a second one of the same session or website from being added.
-- grain: none
-- params: id uuid, organization_id uuid, session_id text (null: the analysis path's),
--   website_url text, business_name text, website_domain text,
--   industry_category text (null: not analyzed), business_type text (null: not analyzed),
--   ip_address text (null: not known; what is no address is refused)
insert into website_leads (
    id,
    organization_id,
    session_id,
    website_url,
    business_name,
    website_domain,
    lead_source,
    industry_category,
    business_type,
    ip_address
)
values (
    :id,
    :organization_id,
    :session_id,
    :website_url,
    :business_name,
    :website_domain,
    'direct',
    :industry_category,
    :business_type,
    cast(:ip_address as inet)
)
