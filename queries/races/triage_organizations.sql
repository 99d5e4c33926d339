-- When the organizations of given websites were first there.
-- grain: one row per website that has one
-- params: hosts text[] (without www.), as_of timestamp (exclusive)
-- needs: organizations.website_url, organizations.created_at
with

addresses as (
    select
        o.created_at,
        case
            when a.url like 'http://%' then substr(a.url, 8)
            when a.url like 'https://%' then substr(a.url, 9)
            else a.url
        end as address
    from organizations as o
    cross join lateral (select lower(btrim(o.website_url)) as url limit 1) as a
    where
        cast(:as_of as timestamp) is null
        or o.created_at < cast(:as_of as timestamp)
        or o.created_at is null
),

websites as (
    select
        created_at,
        split_part(split_part(split_part(split_part(
            case when address like 'www.%' then substr(address, 5) else address end,
            '/', 1
        ), '?', 1), '#', 1), ':', 1) as host
    from addresses
)

select
    w.host,
    -- One without a time may have been there all along.
    case
        when bool_and(isfinite(w.created_at)) then min(w.created_at)
    end as first_at
from websites as w
where w.host in (select h.host from unnest(cast(:hosts as text[])) as h (host))
group by w.host
order by w.host
