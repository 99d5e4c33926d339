-- Lost steps by kind, local day and gap between colliding rows.
-- grain: one row per (kind, detail, day, bucket); bucket 0 is below the first edge, null: no gap
-- params: zone text, edges double precision[] (seconds, rising)
-- from: races/lost_findings
select
    kind,
    detail,
    cast(cast(at as timestamp) at time zone 'UTC' at time zone cast(:zone as text) as date) as day,
    width_bucket(gap_seconds, cast(:edges as double precision[])) as bucket,
    count(*) as findings
from lost_findings
group by 1, 2, 3, 4
order by 1, 2, 3, 4
