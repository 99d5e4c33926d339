-- Rows of each table in a range, and the newest of them.
-- grain: one row per table
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/organization_facts, model/lead_facts, model/event_facts
-- needs: organizations.created_at, website_leads.created_at, conversion_tracking.step_completed_at
with

bounds as (
    select
        cast(:start_at as timestamp) as start_at,
        cast(:end_at as timestamp) as end_at,
        cast(:as_of as timestamp) as as_of
)

select
    'organizations' as table_name,
    count(*) as table_rows,
    max(o.dated_at) as newest_at
from organization_facts as o
cross join bounds as b
where
    (b.start_at is null or o.created_at >= b.start_at)
    and (b.end_at is null or o.created_at < b.end_at)
    and (b.as_of is null or o.created_at < b.as_of)
union all
select
    'website_leads' as table_name,
    count(*) as table_rows,
    max(l.dated_at) as newest_at
from lead_facts as l
cross join bounds as b
where
    (b.start_at is null or l.created_at >= b.start_at)
    and (b.end_at is null or l.created_at < b.end_at)
    and (b.as_of is null or l.created_at < b.as_of)
union all
select
    'conversion_tracking' as table_name,
    count(*) as table_rows,
    max(e.dated_at) as newest_at
from event_facts as e
cross join bounds as b
where
    (b.start_at is null or e.step_completed_at >= b.start_at)
    and (b.end_at is null or e.step_completed_at < b.end_at)
    and (b.as_of is null or e.step_completed_at < b.as_of)
