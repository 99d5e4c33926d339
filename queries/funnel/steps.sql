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
        j.is_closed,
        j.has,
        j.lost,
        j.out_of_order,
        j.by_lead,
        j.fits,
        count(*) as units
    from segmented as j
    group by
        j.position,
        j.required,
        j.reach,
        j.is_closed,
        j.has,
        j.lost,
        j.out_of_order,
        j.by_lead,
        j.fits
),

-- Few are different from each other: every step is asked of these kinds, not of the units.
progress as (
    select
        g.segment,
        s.step,
        g.units,
        g.is_closed,
        case when s.is_optional then g.fits & s.bit <> 0 else s.step <= g.reach end as reached,
        case
            when s.is_optional then g.reach > s.place or s.place = g.required
            else s.step < g.reach or s.step = g.required
        end as further,
        g.has & s.bit <> 0 as has_event,
        g.lost & s.bit <> 0 as is_lost,
        g.out_of_order & s.bit <> 0 as is_out_of_order,
        g.by_lead & s.bit <> 0 as is_by_lead,
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
        sum(units) filter (where reached and not further and is_closed) as dropped_off,
        sum(units) filter (where reached and not further and not is_closed) as in_progress,
        sum(units) filter (where reached and is_closed) as closed,
        sum(units) filter (where has_event) as with_event,
        sum(units) filter (where is_lost) as lost,
        sum(units) filter (where is_out_of_order) as out_of_order,
        sum(units) filter (where is_by_lead) as by_lead,
        sum(units) filter (where is_behind_a_loss) as blocked
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
    cast(coalesce(c.dropped_off, 0) as bigint) as dropped_off,
    cast(coalesce(c.in_progress, 0) as bigint) as in_progress,
    cast(coalesce(c.closed, 0) as bigint) as closed,
    cast(coalesce(c.with_event, 0) as bigint) as with_event,
    cast(coalesce(c.lost, 0) as bigint) as lost_at_least,
    cast(coalesce(c.out_of_order, 0) as bigint) as out_of_order,
    cast(coalesce(c.by_lead, 0) as bigint) as by_lead,
    cast(coalesce(c.blocked, 0) as bigint) as blocked
from segment_list as g
cross join unnest(cast(:steps as text[])) with ordinality as s (name, step)
left join counted as c on g.position = c.segment and s.step = c.step
order by g.position, s.step
