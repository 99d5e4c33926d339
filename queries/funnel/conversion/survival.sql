-- What the Kaplan-Meier estimator sums up, age by age. At ties conversions come before censoring.
-- grain: one row per (pair, position, cohort, half) and age at which a unit converts or is
--   censored, or that is asked for; at_risk: the units that are in progress right before it.
--   log_left: the sum of ln(1 - d/n) over the ages up to it, d of n converting; none_left: at one
--   of these all did, which adds nothing. spread: that of d/(n(n - d))
-- params: ages double precision[] (seconds, ascending: those asked for)
-- from: funnel/conversion/entries
with

at_ages as (
    select
        pair,
        position,
        cohort,
        half,
        age,
        count(*) as units,
        count(*) filter (where is_converted) as converted
    from entries
    group by pair, position, cohort, half, age
),

with_asked as (
    select
        pair,
        position,
        cohort,
        half,
        age,
        sum(units) as units,
        sum(converted) as converted,
        bool_or(is_asked) as is_asked
    from (
        select
            o.*,
            false as is_asked
        from at_ages as o
        union all
        select
            g.*,
            a.age,
            0 as units,
            0 as converted,
            true as is_asked
        from (
            select distinct
                pair,
                position,
                cohort,
                half
            from at_ages
        ) as g
        cross join unnest(cast(:ages as double precision[])) as a (age)
    ) as every_age
    group by pair, position, cohort, half, age
),

at_risk as (
    select
        pair,
        position,
        cohort,
        half,
        age,
        is_asked,
        cast(converted as double precision) as d,
        cast(sum(units) over (younger_first) as double precision) as n
    from with_asked
    window younger_first as (partition by pair, position, cohort, half order by age desc)
)

select
    pair,
    position,
    cohort,
    half,
    age,
    is_asked,
    cast(d as bigint) as converted,
    cast(n as bigint) as at_risk,
    sum(case when d < n then ln(1 - d / n) else 0 end) over (up_to) as log_left,
    bool_or(d = n and n > 0) over (up_to) as none_left,
    sum(case when d < n then d / (n * (n - d)) else 0 end) over (up_to) as spread
from at_risk
window up_to as (partition by pair, position, cohort, half order by age)
