-- How many units took how long, in the ranges between given bounds.
-- grain: one row per (step, bin); bin n lies from bound n to bound n + 1, 0 below the first
-- params: bounds double precision[] (seconds, ascending)
-- from: funnel/times/spans
select
    step,
    width_bucket(cast(seconds as double precision), cast(:bounds as double precision[])) as bin,
    count(*) as units
from spans
group by step, bin
order by step, bin
