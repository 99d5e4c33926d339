-- Leads that match the filters, sorted, from a given row on.
-- grain: one row per lead, at most row_limit (null for all)
-- params: sort text (created_at, business_name, website_url or a property),
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
        dated_at,
        property_names,
        property_values,
        case :sort
            when 'business_name' then lower(business_name)
            when 'website_url' then lower(website_url)
            else
                coalesce(
                    property_values[array_position(property_names, cast(:sort as text))], '(none)'
                )
        end as text_key,
        case when :sort = 'created_at' then dated_at end as time_key
    from matching
)

select
    cast(id as text) as lead_id,
    dated_at as created_at,
    business_name,
    website_url,
    session_id,
    cast(organization_id as text) as organization_id,
    property_names,
    property_values
from keyed
order by
    case when cast(:descending as boolean) then time_key end desc nulls last,
    case when not cast(:descending as boolean) then time_key end asc nulls last,
    case when cast(:descending as boolean) then text_key end desc nulls last,
    case when not cast(:descending as boolean) then text_key end asc nulls last,
    dated_at desc nulls last,
    id asc
limit
    cast(:row_limit as integer)
    offset cast(:first_row as integer)
