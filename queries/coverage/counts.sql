-- Session ids per table and local day, with a day of a release split at the release.
-- grain: one row per (table, day, number of releases before its rows); rows without a time are on
--   no day and after no release. odd_ids are those that do not follow the pattern
-- params: zone text, releases timestamp[] (oldest first)
-- from: coverage/marked_rows
with

dated as (
    select
        table_name,
        cast(cast(at as timestamp) at time zone 'UTC' at time zone :zone as date) as day,
        width_bucket(cast(at as timestamp), cast(:releases as timestamp[])) as releases_before,
        session_id,
        exempt
    from marked_rows
)

select
    table_name,
    day,
    releases_before,
    count(*) as table_rows,
    count(*) filter (where exempt) as exempt,
    count(*) filter (where not exempt and session_id is not null) as with_session,
    count(*) filter (where session_id !~ '^session_[0-9]{12,14}_[0-9a-z]{9}$') as odd_ids
from dated
group by table_name, day, releases_before
order by table_name, day, releases_before
