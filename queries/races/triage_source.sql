-- What a source can prove of a log: the time its rows cover, since when it records starts, and how
-- many of its websites have an owner.
-- grain: one row
-- params: start_step text, as_of timestamp (exclusive)
-- needs: organizations.website_url, organizations.created_at, website_leads.created_at,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at
with

times as (
    select created_at as written_at
    from organizations
    union all
    select created_at as written_at
    from website_leads
    union all
    select step_completed_at as written_at
    from conversion_tracking
),

covered as (
    select
        min(written_at) as oldest,
        max(written_at) as newest
    from times
    where
        isfinite(written_at)
        and (cast(:as_of as timestamp) is null or written_at < cast(:as_of as timestamp))
),

starts as (
    select min(step_completed_at) as first_start
    from conversion_tracking
    where
        conversion_step = :start_step
        and isfinite(step_completed_at)
        and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
),

owners as (
    select count(*) as owned
    -- A column this database lacks resolves to the one beside the subquery: null, not an error.
    from (values (cast(null as text), cast(null as text))) as absent (user_id, owner_user_id)
    cross join
        lateral (
            select
                website_url,
                coalesce(cast(owner_user_id as text), cast(user_id as text)) as owner
            from organizations
        ) as o
    where o.owner is not null and nullif(btrim(o.website_url), '') is not null
)

select
    covered.oldest,
    covered.newest,
    starts.first_start,
    owners.owned
from covered
cross join starts
cross join owners
