-- Leads that match the filters, sorted, from one row on.
-- grain: one row per lead, at most row_limit (null for all)
-- params: sort text (created_at, business_name, website_url, lead_source, status),
--   descending boolean, row_limit integer, first_row integer (from 0)
-- from: leads/matching
with

keyed as (
    select
        id,
        organization_id,
        session_id,
        website_url,
        business_name,
        case when isfinite(created_at) then created_at end as created_at,
        lead_source,
        campaign,
        industry,
        status,
        case :sort
            when 'business_name' then lower(business_name)
            when 'website_url' then lower(website_url)
            when 'lead_source' then lead_source
            when 'status' then status
        end as text_key,
        case when :sort = 'created_at' and isfinite(created_at) then created_at end as time_key
    from matching
)

select
    cast(id as text) as lead_id,
    created_at,
    business_name,
    website_url,
    session_id,
    cast(organization_id as text) as organization_id,
    lead_source,
    campaign,
    industry,
    status
from keyed
order by
    case when cast(:descending as boolean) then time_key end desc nulls last,
    case when not cast(:descending as boolean) then time_key end asc nulls last,
    case when cast(:descending as boolean) then text_key end desc nulls last,
    case when not cast(:descending as boolean) then text_key end asc nulls last,
    created_at desc nulls last,
    id asc
limit
    cast(:row_limit as integer)
    offset cast(:first_row as integer)
