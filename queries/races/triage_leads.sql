-- Leads in a range that may belong to an error log's submissions, by their session or website.
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
    -- PostgreSQL looks up lists in subqueries by hash, whatever its estimates are.
    and (
        l.stored_session_id in (select s.id from unnest(cast(:session_ids as text[])) as s (id))
        or l.host in (select h.host from unnest(cast(:hosts as text[])) as h (host))
    )
order by at asc, session_id asc nulls last, l.host asc nulls last, analyzed asc
limit :row_limit
