-- The source's limits of proof about a log: the time its rows cover, the first recorded start, and
-- how many of its websites have an owner.
-- grain: one row
-- params: start_step text, as_of timestamp (exclusive)
-- from: model/organization_facts, model/lead_facts, model/event_facts
-- needs: organizations.website_url, conversion_tracking.conversion_step
with

times as (
    select
        dated_at as written_at,
        created_at as stored_at
    from organization_facts
    union all
    select
        dated_at as written_at,
        created_at as stored_at
    from lead_facts
    union all
    select
        dated_at as written_at,
        step_completed_at as stored_at
    from event_facts
),

covered as (
    select
        min(written_at) as oldest,
        max(written_at) as newest
    from times
    where cast(:as_of as timestamp) is null or stored_at < cast(:as_of as timestamp)
),

starts as (
    select min(dated_at) as first_start
    from event_facts
    where
        conversion_step = :start_step
        and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
),

owners as (
    select count(*) as owned
    from organization_facts
    where owner is not null and host is not null
)

select
    covered.oldest,
    covered.newest,
    starts.first_start,
    owners.owned
from covered
cross join starts
cross join owners
