-- The first row of each session id in each table, and how long after the id it was written. Later
-- rows of the same id say how long a visitor stayed, not what the clock does.
-- grain: one row per (table, session id that follows the pattern) whose first row is in the range
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: organizations.session_id, organizations.created_at, website_leads.session_id,
--   website_leads.created_at, conversion_tracking.session_id, conversion_tracking.step_completed_at
with

written as (
    select
        'organizations' as table_name,
        session_id,
        min(created_at) as at
    from organizations
    group by session_id
    union all
    select
        'website_leads' as table_name,
        session_id,
        min(created_at) as at
    from website_leads
    group by session_id
    union all
    select
        'conversion_tracking' as table_name,
        session_id,
        min(step_completed_at) as at
    from conversion_tracking
    group by session_id
),

-- Digits enough for the year 5138, and no more: what is longer is no time.
made as (
    select
        table_name,
        session_id,
        at,
        case
            when session_id ~ '^session_[0-9]{12,14}_[0-9a-z]{9}$'
                then cast(split_part(session_id, '_', 2) as bigint)
        end as milliseconds
    from written
    where
        at >= timestamp '0001-01-02' and at < timestamp '9999-12-30'
        and (cast(:as_of as timestamp) is null or at < cast(:as_of as timestamp))
)

select
    table_name,
    session_id,
    at,
    (cast(round(extract(epoch from at) * 1000) as bigint) - milliseconds)
    / cast(1000 as double precision) as seconds
from made
where
    milliseconds is not null
    and (cast(:start_at as timestamp) is null or at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or at < cast(:end_at as timestamp))
