-- Leads that match the filters, sorted, from one row on.
-- grain: one row per lead, at most row_limit (null for all)
-- params: sort text (created_at, business_name, website_url, lead_source, status),
--   descending boolean, row_limit integer, first_row integer (from 0),
--   start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive),
--   sources text[], campaigns text[], industries text[], statuses text[], has_session boolean,
--   has_events boolean, search text (each null for any)
-- needs: website_leads.id, website_leads.organization_id, website_leads.session_id,
--   website_leads.website_url, website_leads.business_name, website_leads.created_at,
--   conversion_tracking.website_lead_id, conversion_tracking.step_completed_at
with

matching as (
    select
        l.id,
        l.organization_id,
        l.session_id,
        l.website_url,
        l.business_name,
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
        and (cast(:sources as text[]) is null or l.lead_source = any(cast(:sources as text[])))
        and (cast(:campaigns as text[]) is null or l.campaign = any(cast(:campaigns as text[])))
        and (cast(:industries as text[]) is null or l.industry = any(cast(:industries as text[])))
        and (cast(:statuses as text[]) is null or l.status = any(cast(:statuses as text[])))
        and (
            cast(:has_session as boolean) is null
            or (l.session_id is not null) = cast(:has_session as boolean)
        )
        -- strpos, not like: what is searched for has no pattern characters.
        and (
            cast(:search as text) is null
            or strpos(lower(l.business_name), lower(cast(:search as text))) > 0
            or strpos(lower(l.website_url), lower(cast(:search as text))) > 0
        )
        and (
            cast(:has_events as boolean) is null
            or exists (
                select 1
                from conversion_tracking as e
                where
                    e.website_lead_id = l.id
                    and (
                        cast(:as_of as timestamp) is null
                        or e.step_completed_at < cast(:as_of as timestamp)
                    )
            ) = cast(:has_events as boolean)
        )
),

keyed as (
    select
        matching.*,
        case :sort
            when 'business_name' then lower(business_name)
            when 'website_url' then lower(website_url)
            when 'lead_source' then lead_source
            when 'status' then status
        end as text_key,
        case when :sort = 'created_at' then created_at end as time_key
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
