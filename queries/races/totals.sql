-- What findings are parts of: the period's organizations (ownerless ones with a website, and those
-- whose session id carries a time), leads, leads from before the source's first event, and events.
-- grain: one row
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: organizations.created_at, website_leads.created_at, conversion_tracking.step_completed_at
with

ownerless as materialized (
    select
        count(*) filter (where o.owner is null and btrim(o.website_url) <> '') as ownerless,
        count(*) filter (
            where o.session_id ~ '^session_[0-9]{12,14}_[0-9a-z]{9}$'
        ) as with_session_time
    -- A column this database lacks resolves to the one beside the subquery: null, not an error.
    from (
        values (cast(null as text), cast(null as text), cast(null as text), cast(null as text))
    ) as absent (session_id, website_url, user_id, owner_user_id)
    cross join
        lateral (
            select
                session_id,
                website_url,
                created_at,
                coalesce(cast(owner_user_id as text), cast(user_id as text)) as owner
            from organizations
        ) as o
    where
        (cast(:start_at as timestamp) is null or o.created_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or o.created_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or o.created_at < cast(:as_of as timestamp))
),

tracking as materialized (
    select min(step_completed_at) as began_at
    from conversion_tracking
    where
        isfinite(step_completed_at)
        and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
),

leads as materialized (
    select
        count(*) as leads,
        count(*) filter (
            where isfinite(l.created_at) and coalesce(l.created_at < t.began_at, true)
        ) as leads_before_tracking
    from website_leads as l
    cross join tracking as t
    where
        (cast(:start_at as timestamp) is null or l.created_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or l.created_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
),

events as materialized (
    select count(*) as events
    from conversion_tracking
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
