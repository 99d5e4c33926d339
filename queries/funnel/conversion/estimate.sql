-- How many units are old enough for each age, and what the Kaplan-Meier estimator sums up to it.
-- grain: one row per (pair, position, cohort, half) and age asked for, by its number
--   entered: units on the pair's earlier step. with_event: those that have an event of it. closed:
--   those whose window is closed. converted: those that did so at any age. observed: those that
--   entered at least this age before the clock, or whose window is closed. in_time: those of them
--   that converted within it.
--   The rest is as in funnel/conversion/survival
-- params: ages double precision[] (seconds, ascending)
-- from: funnel/conversion/entries, funnel/conversion/survival
with

-- Few are different from each other: every age is asked of these kinds, not of the units.
kinds as (
    select
        pair,
        position,
        value,
        cohort,
        half,
        is_closed,
        has_event,
        is_converted,
        -- How many of the ages it was seen for, and how many it was in progress at.
        width_bucket(seen, cast(:ages as double precision[])) as seen_ages,
        width_bucket(age, cast(:ages as double precision[]))
        - cast(age = any(cast(:ages as double precision[])) as integer) as open_ages,
        count(*) as units
    from entries
    group by
        pair,
        position,
        value,
        cohort,
        half,
        is_closed,
        has_event,
        is_converted,
        seen_ages,
        open_ages
)

select
    k.pair,
    k.position,
    k.value,
    k.cohort,
    k.half,
    cast(a.number as integer) as age_number,
    cast(sum(k.units) as bigint) as entered,
    cast(coalesce(sum(k.units) filter (where k.has_event), 0) as bigint) as with_event,
    cast(coalesce(sum(k.units) filter (where k.is_closed), 0) as bigint) as closed,
    cast(coalesce(sum(k.units) filter (where k.is_converted), 0) as bigint) as converted,
    cast(coalesce(sum(k.units) filter (where k.seen_ages >= a.number), 0) as bigint) as observed,
    cast(
        coalesce(
            sum(k.units) filter (
                where k.is_converted and k.seen_ages >= a.number and k.open_ages < a.number
            ),
            0
        ) as bigint
    ) as in_time,
    s.log_left,
    s.none_left,
    s.spread
from kinds as k
cross join unnest(cast(:ages as double precision[])) with ordinality as a (age, number)
inner join survival as s
    on
        k.pair = s.pair
        and k.position = s.position
        -- Null equals null here; as a comparison it can be hashed.
        and coalesce(k.cohort, date '0001-01-01') = coalesce(s.cohort, date '0001-01-01')
        and k.half = s.half
        and a.age = s.age
        and s.is_asked
group by
    k.pair,
    k.position,
    k.value,
    k.cohort,
    k.half,
    a.number,
    s.log_left,
    s.none_left,
    s.spread
order by k.pair, k.half, k.position, k.cohort nulls first, a.number
