-- How long each unit took from one step of its chain to the next, and from its first to its last
-- one where it completed the funnel. Steps put in by their proof have no time of their own.
-- grain: one row per unit and step; step 0 is from first to last
-- params: none
-- from: funnel/segmented
with

chosen as (
    select
        unit_id,
        times,
        reach,
        required,
        implied,
        position,
        value
    from segmented
    where reach > 1
)

select
    c.position,
    c.value,
    cast(t.step as integer) as step,
    -- A step may stand up to 2 s before the one it follows: that is no negative time.
    greatest(extract(epoch from t.at - c.times[t.step - 1]), 0) as seconds
from chosen as c
cross join lateral unnest(c.times) with ordinality as t (at, step)
where t.step > 1 and (c.implied >> cast(t.step - 2 as integer)) & 3 = 0
union all
select
    position,
    value,
    0 as step,
    greatest(extract(epoch from times[required] - times[1]), 0) as seconds
from chosen
where reach = required and (implied & 1) = 0 and (implied >> (required - 1)) & 1 = 0
