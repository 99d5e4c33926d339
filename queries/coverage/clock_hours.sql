-- Which multiples of 15 minutes the first rows of session ids lie near, hour by hour. Near is five
-- minutes either side; a multiple beyond 14 hours is no zone's.
-- grain: one row per (table, hour, quarter of an hour, null for those near none)
-- params: none
-- from: coverage/session_starts
with

placed as (
    select
        table_name,
        at,
        case
            when abs(seconds) <= 50700 and abs(seconds - 900 * round(seconds / 900)) <= 300
                then cast(round(seconds / 900) as integer)
        end as quarters
    from session_starts
)

select
    table_name,
    date_trunc('hour', at) as hour,
    quarters,
    count(*) as sessions,
    min(at) as first_at,
    max(at) as last_at
from placed
group by table_name, date_trunc('hour', at), quarters
order by table_name, hour, quarters
