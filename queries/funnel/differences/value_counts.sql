-- How many units of each value convert on each pair of steps within an age: of the ten values with
-- most units per property, of (none), and of all others together. Age runs from the earlier step.
-- grain: one row per (property, value, pair); value null: all others together, number_of_values
--   entered: units with the value on the earlier step of any pair. n: units with it that entered
--   the pair's earlier step at least this age before the clock, or whose window is closed;
--   converted: those of n that converted within it
-- params: within double precision (seconds), compared text[] (properties, of those asked about),
--   filled_later text[] (of these, (none) says only that nothing has filled them yet: units without
--   a value are left out), from_steps integer[]
-- from: funnel/conversion/entries, funnel/valued
with

-- Pairs as bits: those that a unit is old enough for, and those that it converted on in time.
followed_up as (
    select
        unit_id,
        coalesce(
            bit_or(1 << (pair - 1)) filter (where seen >= cast(:within as double precision)), 0
        ) as old_enough,
        coalesce(
            bit_or(1 << (pair - 1))
            filter (where is_converted and age <= cast(:within as double precision)),
            0
        ) as in_time
    from entries
    group by unit_id
),

-- Few are different from each other: every pair is asked of these kinds, not of the units.
kinds as (
    select
        v.property,
        v.value,
        f.old_enough,
        f.old_enough & f.in_time as converted,
        count(*) as units
    from followed_up as f
    full join valued as v on f.unit_id = v.unit_id
    where
        case
            when f.unit_id is null or v.unit_id is null then false
            when v.property <> all(cast(:compared as text[])) then false
            else v.value <> '(none)' or v.property <> all(cast(:filled_later as text[]))
        end
    group by v.property, v.value, f.old_enough, f.old_enough & f.in_time
),

ranked as (
    select
        property,
        value,
        row_number() over (
            partition by property
            order by value = '(none)' asc, sum(units) desc, value asc
        ) as place
    from kinds
    group by property, value
)

select
    k.property,
    case when r.place <= 10 or r.value = '(none)' then r.value end as value,
    cast(p.pair as integer) as pair,
    -- Their places follow each other.
    cast(max(r.place) - min(r.place) + 1 as integer) as number_of_values,
    cast(sum(k.units) as bigint) as entered,
    cast(
        coalesce(sum(k.units) filter (where k.old_enough & p.bit <> 0), 0) as bigint
    ) as n,
    cast(
        coalesce(sum(k.units) filter (where k.converted & p.bit <> 0), 0) as bigint
    ) as converted
from kinds as k
-- A full join, because PostgreSQL would take the kinds for few and loop over them.
full join ranked as r on k.property = r.property and k.value = r.value
cross join
    lateral (
        select
            pair,
            1 << (cast(pair as integer) - 1) as bit
        from unnest(cast(:from_steps as integer[])) with ordinality as u (from_step, pair)
    ) as p
group by
    k.property,
    case when r.place <= 10 or r.value = '(none)' then r.value end,
    p.pair
order by k.property, min(r.place), p.pair
