-- Which units are settled by first times: every required step in order and within the window, no
-- optional one before a step that stands before it, nothing lost. The chain ends before the first
-- gap. Only the other units need all their events.
-- grain: one row per unit with an event of the steps or an open proof; times are the chain's
-- params: steps text[], required integer (null: all), places integer[], window interval
--   (as in funnel/journeys)
-- from: funnel/step_names, funnel/first_times, funnel/open_proofs
with

given as not materialized (
    select
        coalesce(cast(:required as integer), cardinality(cast(:steps as text[]))) as required,
        cast(:window as interval) as length,
        timestamp '10000-01-01' as latest
),

-- Whether every step implies earlier ones only: then steps in order have none put in before them.
aligned as materialized (
    select
        coalesce(
            bool_and(
                (n.proves & ((1 << g.required) - 1)) < case
                    when n.step <= g.required then n.bit
                    else 1 << coalesce((cast(:places as integer[]))[n.step], 12)
                end
            ),
            true
        ) as holds
    from step_names as n
    cross join given as g
),

first_ones as (
    select
        t.*,
        array[t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12] as firsts
    from first_times as t
)

select
    coalesce(t.unit_id, u.unit_id) as unit_id,
    coalesce(t.has, 0) as has,
    o.fits,
    t.firsts[1:c.reach] as times,
    u.unit_id is null
    and a.holds
    -- An event that is no step asked for, or a proven optional step.
    and t.has < 4096
    and t.proven >> g.required = 0
    and t.proven & ~t.has = 0
    and not o.is_early
    and not coalesce(
        r.r2 < t1
        or r.r3 < greatest(t1, r.r2)
        or r.r4 < greatest(t1, r.r2, r.r3)
        or r.r5 < greatest(t1, r.r2, r.r3, r.r4)
        or r.r6 < greatest(t1, r.r2, r.r3, r.r4, r.r5)
        or r.r7 < greatest(t1, r.r2, r.r3, r.r4, r.r5, r.r6)
        or r.r8 < greatest(t1, r.r2, r.r3, r.r4, r.r5, r.r6, r.r7)
        or r.r9 < greatest(t1, r.r2, r.r3, r.r4, r.r5, r.r6, r.r7, r.r8)
        or r.r10 < greatest(t1, r.r2, r.r3, r.r4, r.r5, r.r6, r.r7, r.r8, r.r9)
        or r.r11 < greatest(t1, r.r2, r.r3, r.r4, r.r5, r.r6, r.r7, r.r8, r.r9, r.r10)
        or r.r12 < greatest(t1, r.r2, r.r3, r.r4, r.r5, r.r6, r.r7, r.r8, r.r9, r.r10, r.r11)
        or greatest(r.r2, r.r3, r.r4, r.r5, r.r6, r.r7, r.r8, r.r9, r.r10, r.r11, r.r12)
        > t1 + g.length,
        false
    ) as settled
from first_ones as t
full join (select distinct unit_id from open_proofs) as u on t.unit_id = u.unit_id
cross join aligned as a
cross join given as g
cross join
    lateral (
        select
            case when g.required >= 2 then t.t2 end as r2,
            case when g.required >= 3 then t.t3 end as r3,
            case when g.required >= 4 then t.t4 end as r4,
            case when g.required >= 5 then t.t5 end as r5,
            case when g.required >= 6 then t.t6 end as r6,
            case when g.required >= 7 then t.t7 end as r7,
            case when g.required >= 8 then t.t8 end as r8,
            case when g.required >= 9 then t.t9 end as r9,
            case when g.required >= 10 then t.t10 end as r10,
            case when g.required >= 11 then t.t11 end as r11,
            case when g.required >= 12 then t.t12 end as r12
    ) as r
cross join
    lateral (
        select least(coalesce(array_position(t.firsts, null) - 1, 12), g.required) as reach
    ) as c
-- Where an optional step's first event is not early, it fits, or else none of its events does.
cross join lateral (
    select
        coalesce(
            bit_or(1 << (cast(p.step as integer) - 1)) filter (
                where
                t.t1 is not null
                and p.place <= c.reach
                and p.at <= least(t.t1 + g.length, g.latest)
            ),
            0
        ) as fits,
        coalesce(bool_or(p.at < e.earliest), false) as is_early
    from unnest(t.firsts, cast(:places as integer[])) with ordinality as p (at, place, step)
    cross join
        lateral (
            select
                case
                    when p.place = 0 then t.t1 - g.length
                    else (select max(b.at) from unnest(t.firsts[1:p.place]) as b (at))
                end as earliest
        ) as e
    where t.has >> g.required <> 0 and p.step > g.required
) as o
