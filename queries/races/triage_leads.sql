-- Leads of a time that could belong to an error log's submissions: of its sessions or its websites.
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

leads as (
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
)

-- Lists in subqueries are looked up by hash, whatever the planner thinks of the tables.
select
    l.created_at as at,
    l.session_id,
    l.host,
    coalesce(l.business_name <> :placeholder, false) as analysed
from leads as l
where
    l.session_id in (select s.id from unnest(cast(:session_ids as text[])) as s (id))
    or l.host in (select h.host from unnest(cast(:hosts as text[])) as h (host))
order by l.created_at asc, l.session_id asc nulls last, l.host asc nulls last, analysed asc
limit :row_limit
