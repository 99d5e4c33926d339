-- How many units of a range reached each step, and what became of them; per segment where the
-- funnel is filtered or broken down.
-- grain: one row per (segment, step)
-- params: steps text[], places integer[] (per step: how many required ones stand before it),
--   breakdown text (null: all in one segment)
-- from: funnel/segmented
with

grouped as materialized (
    select
        j.position as segment,
        j.required,
        j.reach,
        j.is_over,
        j.has,
        j.lost,
        j.reversed,
        j.fits,
        count(*) as units
    from segmented as j
    group by j.position, j.required, j.reach, j.is_over, j.has, j.lost, j.reversed, j.fits
),

-- Few are different from each other: every step is asked of these kinds, not of the units.
progress as (
    select
        g.segment,
        s.step,
        g.units,
        g.is_over,
        case when s.is_optional then g.fits & s.bit <> 0 else s.step <= g.reach end as reached,
        case
            when s.is_optional then g.reach > s.place or s.place = g.required
            else s.step < g.reach or s.step = g.required
        end as further,
        g.has & s.bit <> 0 as has_event,
        g.lost & s.bit <> 0 as is_lost,
        g.reversed & s.bit <> 0 as is_reversed,
        not s.is_optional
        and s.step > g.reach + 1
        and g.has & s.bit <> 0
        and (g.lost >> g.reach) & 1 = 1 as is_behind_a_loss
    from grouped as g
    cross join
        lateral (
            select
                cast(u.step as integer) as step,
                u.place,
                1 << (cast(u.step as integer) - 1) as bit,
                u.step > g.required as is_optional
            from
                unnest(cast(:steps as text[]), cast(:places as integer[]))
                with ordinality as u (name, place, step)
        ) as s
),

counted as (
    select
        segment,
        step,
        sum(units) filter (where reached) as units,
        sum(units) filter (where reached and further) as converted,
        sum(units) filter (where reached and not further and is_over) as dropped,
        sum(units) filter (where reached and not further and not is_over) as in_progress,
        sum(units) filter (where reached and is_over) as over,
        sum(units) filter (where has_event) as with_event,
        sum(units) filter (where is_lost) as lost,
        sum(units) filter (where is_reversed) as reversed,
        sum(units) filter (where is_behind_a_loss) as behind_a_loss
    from progress
    group by segment, step
),

segment_list as (
    select distinct
        position,
        value
    from segments
    where cast(:breakdown as text) is not null
    union all
    select
        0 as position,
        '' as value
    where cast(:breakdown as text) is null
)

select
    g.position,
    g.value,
    s.name as step,
    cast(coalesce(c.units, 0) as bigint) as count,
    cast(coalesce(c.converted, 0) as bigint) as converted,
    cast(coalesce(c.dropped, 0) as bigint) as dropped,
    cast(coalesce(c.in_progress, 0) as bigint) as in_progress,
    cast(coalesce(c.over, 0) as bigint) as over,
    cast(coalesce(c.with_event, 0) as bigint) as with_event,
    cast(coalesce(c.lost, 0) as bigint) as lost_at_least,
    cast(coalesce(c.reversed, 0) as bigint) as reversed,
    cast(coalesce(c.behind_a_loss, 0) as bigint) as behind_a_loss
from segment_list as g
cross join unnest(cast(:steps as text[])) with ordinality as s (name, step)
left join counted as c on g.position = c.segment and s.step = c.step
order by g.position, s.step
