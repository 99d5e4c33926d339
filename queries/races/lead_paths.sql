-- The marks that the write paths leave on leads: placeholder, analyzed, session id. It says when
-- the newest lead with each mark was written, and how many leads were written after that one, or in
-- all where no lead has the mark. Leads without a time have no place in this order: left out.
-- grain: one row
-- params: as_of timestamp (exclusive)
-- from: model/lead_facts
-- needs: website_leads.business_name
with

leads as materialized (
    select
        dated_at,
        is_placeholder,
        session_id is not null as has_session
    from lead_facts
    where
        is_dated
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
),

newest as materialized (
    select
        max(dated_at) filter (where is_placeholder) as placeholder_at,
        max(dated_at) filter (where not is_placeholder) as analyzed_at,
        max(dated_at) filter (where has_session) as session_at
    from leads
),

later as (
    select
        count(*) as leads,
        count(*) filter (where coalesce(l.dated_at > n.placeholder_at, true)) as after_placeholder,
        count(*) filter (where coalesce(l.dated_at > n.analyzed_at, true)) as after_analyzed,
        count(*) filter (where coalesce(l.dated_at > n.session_at, true)) as after_session
    from leads as l
    cross join newest as n
)

select
    later.leads,
    newest.placeholder_at,
    newest.analyzed_at,
    newest.session_at,
    later.after_placeholder,
    later.after_analyzed,
    later.after_session
from later
cross join newest
