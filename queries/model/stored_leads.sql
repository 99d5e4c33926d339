-- Every lead as it is stored; what this database has no column for is null, and so is an empty
-- property.
-- grain: one row per lead
-- params: none
-- needs: website_leads.id, website_leads.created_at
select
    l.id,
    l.organization_id,
    l.session_id,
    l.website_url,
    l.business_name,
    l.created_at,
    nullif(btrim(l.lead_source), '') as lead_source,
    nullif(btrim(l.campaign), '') as campaign,
    nullif(btrim(l.industry), '') as industry,
    nullif(btrim(l.status), '') as status
-- A column this database lacks resolves to the one beside the subquery: null, not an error.
from (
    values (
        cast(null as uuid), cast(null as text), cast(null as text), cast(null as text),
        cast(null as text), cast(null as text), cast(null as text), cast(null as text)
    )
)
    as absent (
        organization_id, session_id, website_url, business_name,
        lead_source, utm_campaign, industry_category, status
    )
cross join
    lateral (
        select
            id,
            organization_id,
            session_id,
            website_url,
            business_name,
            created_at,
            cast(lead_source as text) as lead_source,
            cast(utm_campaign as text) as campaign,
            cast(industry_category as text) as industry,
            cast(status as text) as status
        from website_leads
    ) as l
