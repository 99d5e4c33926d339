-- Every organization with the facts of its row. A column that this database lacks is null.
--   owner: the value of either owner column; null, too, where the database has neither.
--   The other columns are as in lead_facts.sql.
-- grain: one row per organization
-- params: no_websites text[] (hosts that are no website)
-- calls: model/placeholder, model/website_host, model/dated
-- needs: organizations.id, organizations.created_at
select
    o.id,
    o.owner,
    nullif(o.session_id, '') as session_id,
    o.session_id as stored_session_id,
    o.website_url,
    w.host,
    o.name,
    b.is_placeholder,
    b.is_named,
    o.created_at,
    t.dated_at,
    t.is_dated
-- If the table lacks a column, its name resolves to the null beside the subquery: no error.
-- Through a CTE of its own, the planner would not see the table's statistics.
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
            cast(name as text) as name,
            cast(session_id as text) as session_id,
            cast(website_url as text) as website_url,
            coalesce(cast(owner_user_id as text), cast(user_id as text)) as owner,
            cast(created_at as timestamp) as created_at
        from organizations
    ) as o
cross join
    lateral (
        select
            n.is_placeholder,
            n.is_named
        from placeholder(o.name) as n
    ) as b
cross join lateral (select u.host from website_host(o.website_url) as u) as h
cross join
    lateral (
        select
            case
                when not coalesce(h.host = any(cast(:no_websites as text[])), false) then h.host
            end as host
    ) as w
cross join
    lateral (
        select
            d.dated_at,
            d.is_dated
        from dated(o.created_at) as d
    ) as t
