-- How long it took to convert: median and p90, per step and from first to last.
-- grain: one row per (segment, step); step 0 is from first to last
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
