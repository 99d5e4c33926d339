-- Every lead with the facts of its row. A column that this database lacks is null.
--   session_id: null where it is empty; stored_session_id is as stored, for look-ups by the index.
--   business_name: a placeholder lead has the name that the tracking path writes. Every other lead
--   is analyzed, even without a name. is_named: it has a name of its own.
--   created_at: as stored, for ranges.
--   dated_at: null where the time is infinite; then is_dated is false.
--   is_visit: its host is no website. Such a lead is a visit, and no submission.
--   website: the website for matching: its host, or else the organization, or else the lead itself;
--   of a visit the lead itself.
--   converted_user: the user that the lead became; converted_at: when. Null where no user is named.
--   property_values: the values in the order of property_names; null where the lead has none.
-- grain: one row per lead
-- params: no_websites text[] (hosts that are no website)
-- calls: model/placeholder, model/website_host, model/dated
-- needs: website_leads.id, website_leads.created_at
select
    l.id,
    l.organization_id,
    l.owner,
    nullif(l.session_id, '') as session_id,
    l.session_id as stored_session_id,
    l.website_url,
    h.host,
    v.is_visit,
    coalesce(
        case
            when not v.is_visit then coalesce('w' || h.host, 'o' || cast(l.organization_id as text))
        end,
        'l' || cast(l.id as text)
    ) collate "C" as website,
    l.business_name,
    b.is_placeholder,
    not b.is_placeholder as is_analyzed,
    b.is_named,
    l.created_at,
    t.dated_at,
    t.is_dated,
    l.converted_user,
    l.converted_at,
    array['lead_source', 'campaign', 'industry', 'status'] as property_names,
    array[
        nullif(btrim(l.lead_source), ''),
        nullif(btrim(l.campaign), ''),
        nullif(btrim(l.industry), ''),
        nullif(btrim(l.status), '')
    ] as property_values
-- If the table lacks a column, its name resolves to the null beside the subquery: no error.
-- Through a CTE of its own, the planner would not see the table's statistics.
from (
    values (
        cast(null as uuid), cast(null as text), cast(null as text), cast(null as text),
        cast(null as text), cast(null as text), cast(null as text), cast(null as text),
        cast(null as text), cast(null as text), cast(null as text), cast(null as timestamp)
    )
)
    as absent (
        organization_id, session_id, website_url, business_name,
        lead_source, utm_campaign, industry_category, status, user_id, owner_user_id,
        converted_to_user_id, converted_at
    )
cross join
    lateral (
        select
            id,
            organization_id,
            cast(session_id as text) as session_id,
            cast(website_url as text) as website_url,
            cast(business_name as text) as business_name,
            cast(created_at as timestamp) as created_at,
            cast(lead_source as text) as lead_source,
            cast(utm_campaign as text) as campaign,
            cast(industry_category as text) as industry,
            cast(status as text) as status,
            coalesce(cast(owner_user_id as text), cast(user_id as text)) as owner,
            cast(converted_to_user_id as text) as converted_user,
            case when converted_to_user_id is not null then cast(converted_at as timestamp) end
                as converted_at
        from website_leads
    ) as l
cross join
    lateral (
        select
            n.is_placeholder,
            n.is_named
        from placeholder(l.business_name) as n
    ) as b
cross join lateral (select u.host from website_host(l.website_url) as u) as h
cross join
    lateral (
        select coalesce(h.host = any(cast(:no_websites as text[])), false) as is_visit
    ) as v
cross join
    lateral (
        select
            d.dated_at,
            d.is_dated
        from dated(l.created_at) as d
    ) as t
