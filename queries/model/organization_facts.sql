-- Every organization as it is stored (null: no such column here), with its website's host, read as
-- that of a lead.
-- grain: one row per organization
-- params: none
-- needs: organizations.id, organizations.created_at
with

addresses as (
    select
        o.*,
        case
            when a.url like 'http://%' then substr(a.url, 8)
            when a.url like 'https://%' then substr(a.url, 9)
            when a.url like '%://%' then regexp_replace(a.url, '^[a-z][a-z0-9+.-]*://', '')
            else a.url
        end as address
    -- A column this database lacks resolves to the one beside the subquery: null, not an error.
    from (
        values (
            cast(null as text), cast(null as text), cast(null as text), cast(null as text),
            cast(null as text)
        )
    ) as absent (name, session_id, website_url, user_id, owner_user_id)
    cross join
        lateral (
            select
                id,
                name,
                session_id,
                website_url,
                cast(user_id as text) as user_id,
                cast(owner_user_id as text) as owner_user_id,
                created_at
            from organizations
        ) as o
    cross join lateral (select lower(btrim(o.website_url)) as url limit 1) as a
)

select
    id,
    name,
    session_id,
    website_url,
    user_id,
    owner_user_id,
    created_at,
    nullif(
        split_part(split_part(split_part(split_part(
            case when address like 'www.%' then substr(address, 5) else address end,
            '/', 1
        ), '?', 1), '#', 1), ':', 1),
        ''
    ) collate "C" as host
from addresses
