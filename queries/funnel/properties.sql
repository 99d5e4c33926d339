-- What is known of each lead that units are filtered and broken down by.
-- grain: one row per lead, oldest first
-- params: as_of timestamp (exclusive)
-- needs: website_leads.id, website_leads.organization_id, website_leads.session_id,
--   website_leads.website_url, website_leads.business_name, website_leads.created_at
select
    cast(l.id as text) as lead_id,
    case when isfinite(l.created_at) then l.created_at end as created_at,
    l.lead_source,
    l.campaign,
    l.industry,
    l.status
-- A column this database lacks resolves to the one beside the subquery: null, not an error.
from (
    values (
        cast(null as text), cast(null as text), cast(null as text), cast(null as text)
    )
) as absent (lead_source, utm_campaign, industry_category, status)
cross join
    lateral (
        select
            id,
            organization_id,
            session_id,
            website_url,
            business_name,
            created_at,
            nullif(btrim(cast(lead_source as text)), '') as lead_source,
            nullif(btrim(cast(utm_campaign as text)), '') as campaign,
            nullif(btrim(cast(industry_category as text)), '') as industry,
            nullif(btrim(cast(status as text)), '') as status
        from website_leads
    ) as l
where cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp)
order by l.created_at asc nulls last, l.id asc
