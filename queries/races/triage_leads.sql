-- Leads of a time that could belong to an error log's submissions: of its sessions or its websites.
-- grain: one row per lead, at most row_limit
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp
--   (exclusive), session_ids text[], hosts text[] (without www.), row_limit integer
-- from: model/lead_facts
-- needs: website_leads.session_id, website_leads.website_url, website_leads.business_name
select
    l.created_at as at,
    l.session_id,
    l.host,
    l.is_analyzed as analyzed
from lead_facts as l
where
    l.created_at >= cast(:start_at as timestamp)
    and l.created_at < cast(:end_at as timestamp)
    and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
    -- Lists in subqueries are looked up by hash, whatever the planner thinks of the tables.
    and (
        l.stored_session_id in (select s.id from unnest(cast(:session_ids as text[])) as s (id))
        or l.host in (select h.host from unnest(cast(:hosts as text[])) as h (host))
    )
order by at asc, session_id asc nulls last, l.host asc nulls last, analyzed asc
limit :row_limit
