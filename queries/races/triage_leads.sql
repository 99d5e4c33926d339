-- Leads of a time that could belong to an error log's submissions: of its sessions, or of its
-- websites and of those that its sessions submitted.
-- grain: one row per lead, at most row_limit
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp
--   (exclusive), session_ids text[], hosts text[] (without www.), placeholder text (the name of a
--   business that was not analysed), row_limit integer
-- needs: website_leads.session_id, website_leads.website_url, website_leads.business_name,
--   website_leads.created_at
with

addresses as (
    select
        l.created_at,
        l.session_id,
        l.business_name,
        case
            when a.url like 'http://%' then substr(a.url, 8)
            when a.url like 'https://%' then substr(a.url, 9)
            else a.url
        end as address
    from website_leads as l
    cross join lateral (select lower(btrim(l.website_url)) as url limit 1) as a
    where
        l.created_at >= cast(:start_at as timestamp)
        and l.created_at < cast(:end_at as timestamp)
        and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
),

leads as materialized (
    select
        created_at,
        nullif(session_id, '') as session_id,
        business_name,
        nullif(
            split_part(split_part(split_part(split_part(
                case when address like 'www.%' then substr(address, 5) else address end,
                '/', 1
            ), '?', 1), '#', 1), ':', 1),
            ''
        ) as host
    from addresses
),

-- A join with a list of its own: a long `= any(…)` would be searched once per row.
of_sessions as (
    select distinct l.host
    from leads as l
    inner join unnest(cast(:session_ids as text[])) as s (session_id)
        on l.session_id = s.session_id
    where l.host is not null
),

asked_hosts as (
    select host
    from of_sessions
    union
    select host
    from unnest(cast(:hosts as text[])) as h (host)
),

asked_sessions as (
    select distinct session_id
    from unnest(cast(:session_ids as text[])) as s (session_id)
)

select
    l.created_at as at,
    l.session_id,
    l.host,
    coalesce(l.business_name <> :placeholder, false) as analysed
from leads as l
left join asked_hosts on l.host = asked_hosts.host
left join asked_sessions on l.session_id = asked_sessions.session_id
where asked_hosts.host is not null or asked_sessions.session_id is not null
order by l.created_at asc, l.session_id asc nulls last, l.host asc nulls last, analysed asc
limit :row_limit
