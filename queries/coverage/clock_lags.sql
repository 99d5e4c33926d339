-- The lag between a session id and its first row, without the clock's offset, per period of one
-- offset. Where a row is more than 5 minutes older than its id, the id was overwritten.
-- grain: one row per period given
-- params: tables text[], starts timestamp[] (inclusive), ends timestamp[] (inclusive),
--   offsets integer[] (minutes); one entry each per period
-- from: coverage/session_starts
with

periods as (
    select
        ordinality,
        table_name,
        start_at,
        end_at,
        minutes
    from
        unnest(
            cast(:tables as text[]), cast(:starts as timestamp[]), cast(:ends as timestamp[]),
            cast(:offsets as integer[])
        ) with ordinality as p (table_name, start_at, end_at, minutes, ordinality)
),

lags as (
    select
        p.ordinality,
        s.seconds - 60 * p.minutes as lag
    from periods as p
    left join session_starts as s
        on p.table_name = s.table_name and s.at >= p.start_at and s.at <= p.end_at
)

select
    ordinality as period,
    count(lag) as sessions,
    count(*) filter (where abs(lag) <= 300) as at_once,
    count(*) filter (where lag > 300) as later,
    count(*) filter (where lag < -300) as younger,
    percentile_cont(0.5) within group (order by lag) filter (where lag >= -300) as median_lag
from lags
group by ordinality
order by ordinality
