-- The first row of each session id in each table, and how long after the id it was written. Later
-- rows of the same id depend on how long a visitor stayed, so they say nothing about the clock.
-- grain: one row per (table, session id that follows the pattern) whose first row is in the range
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: organizations, website_leads, conversion_tracking
with

written as (
    select
        'organizations' as table_name,
        o.session_id,
        min(o.written_at) as at
    -- If the table lacks a column, its name resolves to the null beside the subquery: no error.
    from (values (cast(null as text), cast(null as timestamp))) as absent (session_id, created_at)
    cross join
        lateral (
            select
                cast(session_id as text) as session_id,
                cast(created_at as timestamp) as written_at
            from organizations
        ) as o
    group by o.session_id
    union all
    select
        'website_leads' as table_name,
        l.session_id,
        min(l.written_at) as at
    from (values (cast(null as text), cast(null as timestamp))) as absent (session_id, created_at)
    cross join
        lateral (
            select
                cast(session_id as text) as session_id,
                cast(created_at as timestamp) as written_at
            from website_leads
        ) as l
    group by l.session_id
    union all
    select
        'conversion_tracking' as table_name,
        e.session_id,
        min(e.written_at) as at
    from (
        values (cast(null as text), cast(null as timestamp))
    ) as absent (session_id, step_completed_at)
    cross join
        lateral (
            select
                cast(session_id as text) as session_id,
                cast(step_completed_at as timestamp) as written_at
            from conversion_tracking
        ) as e
    group by e.session_id
),

-- The digits suffice up to the year 5138. A longer number is no time.
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
