-- The multiple of 15 minutes between each session id and its first row, hour by hour. A row may be
-- up to five minutes off its multiple. No zone has an offset beyond 14 hours. Hours count from the
-- table's first such row, so that no answer depends on the time of day of the rows.
-- grain: one row per (table, hour, quarter of an hour, null for those near none)
-- params: none
-- from: coverage/session_starts
with

placed as (
    select
        table_name,
        at,
        extract(epoch from at - min(at) over (partition by table_name)) as since_first,
        case
            when abs(seconds) <= 50700 and abs(seconds - 900 * round(seconds / 900)) <= 300
                then cast(round(seconds / 900) as integer)
        end as quarters
    from session_starts
),

counted as (
    select
        table_name,
        cast(floor(since_first / 3600) as bigint) as hour,
        quarters,
        count(*) as sessions,
        min(at) as first_at,
        max(at) as last_at
    from placed
    group by table_name, hour, quarters
)

select
    table_name,
    hour,
    quarters,
    sessions,
    first_at,
    last_at
from counted
order by table_name, hour, quarters
