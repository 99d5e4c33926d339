-- The denominators of findings: the period's organizations (ownerless ones with a website, and
-- those whose session id has a time), leads, leads older than the first event, and events.
-- grain: one row
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/organization_facts, model/lead_facts, model/event_facts
with

ownerless as materialized (
    select
        count(*) filter (where owner is null and host is not null) as ownerless,
        count(*) filter (
            where session_id ~ '^session_[0-9]{12,14}_[0-9a-z]{9}$'
        ) as with_session_time
    from organization_facts
    where
        (cast(:start_at as timestamp) is null or created_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or created_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
),

tracking as materialized (
    select min(dated_at) as began_at
    from event_facts
    where
        (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
),

leads as materialized (
    select
        count(*) as leads,
        count(*) filter (
            where l.is_dated and coalesce(l.dated_at < t.began_at, true)
        ) as leads_before_tracking
    from lead_facts as l
    cross join tracking as t
    where
        (cast(:start_at as timestamp) is null or l.created_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or l.created_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
),

events as materialized (
    select count(*) as events
    from event_facts
    where
        (cast(:start_at as timestamp) is null or step_completed_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or step_completed_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
)

select
    ownerless.ownerless,
    ownerless.with_session_time,
    leads.leads,
    leads.leads_before_tracking,
    events.events
from ownerless
cross join leads
cross join events
