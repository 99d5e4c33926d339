-- How many units are old enough for each age, and what the Kaplan-Meier estimator sums up to it.
-- Age runs from a unit's first step to `to_step`. A unit in progress is censored at the clock, at
-- the latest at its window's end. At ties conversions come before censoring. Negative ages are 0.
-- grain: one row per age asked for
--   entered: units on the first step. with_event: those that have one of it. closed: those whose
--   window is closed. converted: those that did so at any age. observed: those that entered at
--   least this age before the clock. log_left: the sum of ln(1 - d/n) over the ages up to it, d of
--   n converting; none_left: at one of these all did, which adds nothing. spread: that of
--   d/(n(n - d))
-- params: to_step integer (a required step, by its number), ages double precision[] (seconds),
--   window interval (null: no limit), clock timestamp
-- from: funnel/segmented
with

entries as (
    select
        is_closed,
        has & 1 <> 0 as has_event,
        reach >= cast(:to_step as integer) as is_converted,
        extract(epoch from cast(:clock as timestamp) - times[1]) as seen,
        greatest(
            extract(
                epoch from
                case
                    when reach >= cast(:to_step as integer) then times[cast(:to_step as integer)]
                    else
                        least(cast(:clock as timestamp), times[1] + cast(:window as interval))
                end - times[1]
            ),
            0
        ) as age
    from segmented
    where reach >= 1
),

asked as (
    select unnest(cast(:ages as double precision[])) as age
),

at_risk as (
    select
        age,
        count(*) filter (where is_converted) as converted,
        cast(sum(count(*)) over (order by age desc rows unbounded preceding) as bigint) as units
    from entries
    group by age
),

sums as (
    select
        a.age,
        sum(ln(1 - cast(r.converted as double precision) / r.units))
        filter (where r.converted < r.units) as log_left,
        bool_or(r.converted = r.units) as none_left,
        sum(
            cast(r.converted as double precision)
            / (cast(r.units as double precision) * (r.units - r.converted))
        ) filter (where r.converted < r.units) as spread
    from asked as a
    inner join at_risk as r on a.age >= r.age
    group by a.age
),

totals as (
    select
        a.age,
        count(*) as entered,
        count(*) filter (where e.has_event) as with_event,
        count(*) filter (where e.is_closed) as closed,
        count(*) filter (where e.is_converted) as converted,
        count(*) filter (where e.seen >= a.age) as observed
    from asked as a
    cross join entries as e
    group by a.age
)

select
    t.age,
    t.entered,
    t.with_event,
    t.closed,
    t.converted,
    t.observed,
    coalesce(s.log_left, 0) as log_left,
    coalesce(s.none_left, false) as none_left,
    coalesce(s.spread, 0) as spread
from totals as t
left join sums as s on t.age = s.age
order by t.age
