-- How long it took to convert: the middle and the slowest tenth, per step and for the whole way.
-- grain: one row per (segment, step); step 0 is the whole way
-- params: none
-- from: funnel/times/spans
select
    position,
    value,
    step,
    count(*) as units,
    percentile_cont(0.5) within group (order by seconds) as p50,
    percentile_cont(0.9) within group (order by seconds) as p90
from spans
group by position, value, step
order by position, step
