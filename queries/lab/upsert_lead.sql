-- The lead of a visitor and a website, made where there is none, in one statement. An analysis adds
-- what it found; a placeholder takes nothing away.
-- grain: one row
-- params: id uuid, organization_id uuid, session_id text, website_url text, business_name text,
--   website_domain text, industry_category text (null: not analyzed),
--   business_type text (null: not analyzed)
insert into website_leads as stored (
    id,
    organization_id,
    session_id,
    website_url,
    business_name,
    website_domain,
    lead_source,
    industry_category,
    business_type
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
    :business_type
)
on conflict (session_id, website_url)
where session_id is not null and website_url is not null
do update
    set
        business_name = case
            when excluded.industry_category is null then stored.business_name
            else excluded.business_name
        end,
        industry_category = coalesce(excluded.industry_category, stored.industry_category),
        business_type = coalesce(excluded.business_type, stored.business_type)
returning id
