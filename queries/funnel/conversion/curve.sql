-- The points of the conversion curve: what the Kaplan-Meier estimator sums up to each age.
-- grain: one row per part of the breakdown and age: those asked for, and at most 2,000 at which
--   units convert; of more, every so many by rank is kept, and the last. It is of one pair of
--   steps, without cohorts and halves. at_risk: the units that are in progress right before the
--   age. The rest is as in funnel/conversion/estimate
-- params: none
-- from: funnel/conversion/entries, funnel/conversion/survival
with

ranked as (
    select
        s.*,
        count(*) filter (where s.converted > 0) over (
            partition by s.position order by s.age
        ) as rank,
        count(*) filter (where s.converted > 0) over (partition by s.position) as converting_ages
    from survival as s
),

points as (
    select
        r.*,
        row_number() over (partition by r.position order by r.age) as number
    from ranked as r
    where
        r.is_asked
        or (
            r.converted > 0
            and r.rank * 2000 / r.converting_ages > (r.rank - 1) * 2000 / r.converting_ages
        )
),

ladders as (
    select
        position,
        array_agg(age order by age) as ages
    from points
    group by position
),

-- Few are different from each other: every age is asked of these kinds, not of the units.
kinds as (
    select
        e.position,
        e.value,
        -- How many of the ages it was seen for.
        width_bucket(e.seen, l.ages) as seen_ages,
        count(*) as units,
        count(*) filter (where e.has_event) as with_event,
        count(*) filter (where e.is_closed) as closed
    from entries as e
    inner join ladders as l on e.position = l.position
    group by e.position, e.value, seen_ages
),

parts as (
    select
        position,
        value,
        sum(units) as entered,
        sum(with_event) as with_event,
        sum(closed) as closed
    from kinds
    group by position, value
),

observed as (
    select
        p.*,
        sum(coalesce(k.units, 0)) over (
            partition by p.position order by p.number desc
        ) as observed
    from points as p
    left join kinds as k on p.position = k.position and p.number = k.seen_ages
)

select
    o.position,
    g.value,
    o.age as within_s,
    o.is_asked,
    cast(g.entered as bigint) as entered,
    cast(g.with_event as bigint) as with_event,
    cast(g.closed as bigint) as closed,
    cast(o.observed as bigint) as observed,
    -- Who is not in progress right after the age has converted within it.
    cast(o.observed - (o.at_risk - o.converted) as bigint) as in_time,
    o.at_risk,
    o.log_left,
    o.none_left,
    o.spread
from observed as o
inner join parts as g on o.position = g.position
order by o.position, o.age
