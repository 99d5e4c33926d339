-- Every lead with its website's host (without scheme, www., port, path and case; null where there
-- is none) and with what stands for the website in merging: the host, else the organization, else
-- the lead alone.
-- grain: one row per lead
-- params: none
-- from: model/stored_leads
with

addresses as (
    select
        l.*,
        case
            when a.url like 'http://%' then substr(a.url, 8)
            when a.url like 'https://%' then substr(a.url, 9)
            when a.url like '%://%' then regexp_replace(a.url, '^[a-z][a-z0-9+.-]*://', '')
            else a.url
        end as address
    from stored_leads as l
    -- The limit keeps the expression from being computed once per use.
    cross join lateral (select lower(btrim(l.website_url)) as url limit 1) as a
),

hosted as (
    select
        addresses.*,
        nullif(
            split_part(split_part(split_part(split_part(
                case when address like 'www.%' then substr(address, 5) else address end,
                '/', 1
            ), '?', 1), '#', 1), ':', 1),
            ''
        ) collate "C" as host
    from addresses
)

select
    id,
    organization_id,
    session_id,
    website_url,
    business_name,
    created_at,
    host,
    coalesce(
        'w' || host, 'o' || cast(organization_id as text), 'l' || cast(id as text)
    ) collate "C" as website
from hosted
