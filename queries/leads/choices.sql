-- Values that the leads of a range have, for the filters to choose from.
-- grain: one row per (property, value), the most frequent first, at most 200
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: website_leads.id, website_leads.organization_id, website_leads.session_id,
--   website_leads.website_url, website_leads.business_name, website_leads.created_at
with

leads_in_range as (
    select
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
                coalesce(nullif(btrim(cast(lead_source as text)), ''), '(none)') as lead_source,
                coalesce(nullif(btrim(cast(utm_campaign as text)), ''), '(none)') as campaign,
                coalesce(nullif(btrim(cast(industry_category as text)), ''), '(none)') as industry,
                coalesce(nullif(btrim(cast(status as text)), ''), '(none)') as status
            from website_leads
        ) as l
    where
        (cast(:start_at as timestamp) is null or l.created_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or l.created_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
)

select
    p.property,
    p.value,
    count(*) as leads
from leads_in_range as l
cross join
    lateral (
        values
        ('sources', l.lead_source),
        ('campaigns', l.campaign),
        ('industries', l.industry),
        ('statuses', l.status)
    ) as p (property, value)
group by p.property, p.value
order by leads desc, p.property asc, p.value asc
limit 200
