-- How many units converted by which age: what the Kaplan-Meier estimator sums, and how many units
-- are old enough for each age. Age runs from a unit's chain at `from_step` to `to_step`. A unit in
-- progress is censored at the clock, at the latest at its window's end. At ties conversions come
-- before censoring. Negative ages are 0.
-- grain: per segment one row per age at which units converted (kind curve), of many some 2,000,
--   among them the last one up to each of `within`; and one row per `within` (kind within).
--   age, within: seconds. at_risk: units not converted and not censored before. log_left: the sum
--   of ln(1 - d/n) so far, but for ages at which all converted (none_left). spread: that of
--   d/(n(n - d)). converted: so far; in a row of kind within all. entered: units at from_step.
--   with_event: those that have one of it. closed: those whose window is closed. observed: those
--   that entered at least that age ago
-- params: from_step integer, to_step integer (required steps, by their number),
--   within double precision[] (seconds), window interval (null: no limit), clock timestamp
-- from: funnel/segmented
with

entries as (
    select
        position,
        is_closed,
        has & (1 << (cast(:from_step as integer) - 1)) <> 0 as has_event,
        reach >= cast(:to_step as integer) as is_converted,
        extract(epoch from cast(:clock as timestamp) - times[cast(:from_step as integer)]) as seen,
        greatest(
            extract(
                epoch from
                case
                    when reach >= cast(:to_step as integer)
                        then times[cast(:to_step as integer)]
                    else
                        least(
                            cast(:clock as timestamp), times[1] + cast(:window as interval)
                        )
                end - times[cast(:from_step as integer)]
            ),
            0
        ) as age
    from segmented
    where reach >= cast(:from_step as integer)
),

ages as (
    select
        position,
        age,
        count(*) as units,
        count(*) filter (where is_converted) as converted
    from entries
    group by position, age
),

at_risk as (
    select
        position,
        age,
        converted,
        sum(units) over (
            partition by position order by age desc rows unbounded preceding
        ) as units
    from ages
),

steps_down as (
    select
        position,
        age,
        cast(units as bigint) as at_risk,
        cast(sum(converted) over so_far as bigint) as converted,
        coalesce(
            sum(ln(1 - cast(converted as double precision) / cast(units as double precision)))
            filter (where converted < units) over so_far,
            0
        ) as log_left,
        bool_or(converted = units) over so_far as none_left,
        coalesce(
            sum(
                cast(converted as double precision)
                / (cast(units as double precision) * cast(units - converted as double precision))
            ) filter (where converted < units) over so_far,
            0
        ) as spread,
        row_number() over (partition by position order by age) as number,
        count(*) over (partition by position) as numbers,
        lead(age) over (partition by position order by age) as next_age
    from at_risk
    where converted > 0
    window so_far as (partition by position order by age rows unbounded preceding)
),

totals as (
    select
        u.position,
        w.within as age,
        count(*) as entered,
        count(*) filter (where u.has_event) as with_event,
        count(*) filter (where u.is_closed) as closed,
        count(*) filter (where u.is_converted) as converted,
        count(*) filter (where u.seen >= w.within) as observed
    from entries as u
    cross join unnest(cast(:within as double precision[])) as w (within)
    group by u.position, w.within
)

select
    position,
    'curve' as kind,
    cast(age as double precision) as age,
    at_risk,
    log_left,
    none_left,
    spread,
    cast(null as bigint) as entered,
    cast(null as bigint) as with_event,
    cast(null as bigint) as closed,
    converted,
    cast(null as bigint) as observed
from steps_down
where
    number % greatest(numbers / 2000, 1) = 0
    or number = numbers
    or exists (
        select 1
        from unnest(cast(:within as double precision[])) as w (within)
        where steps_down.age <= w.within and steps_down.next_age > w.within
    )
union all
select
    position,
    'within' as kind,
    age,
    cast(null as bigint) as at_risk,
    cast(null as double precision) as log_left,
    cast(null as boolean) as none_left,
    cast(null as double precision) as spread,
    entered,
    with_event,
    closed,
    converted,
    observed
from totals
order by position asc, kind asc, age asc
