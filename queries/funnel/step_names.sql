-- The names that events are looked for by: the steps asked for, and those that prove one.
-- grain: one row per name; step is its number, and 13 for a name that proves a step and is none;
--   bit: 1 << (step - 1); proves: the bits of the steps that it implies
-- params: steps text[] (at most 12), proofs text[], proves integer[] (pairs: a step name, and the
--   number of a step it implies)
select
    name,
    coalesce(min(step), 13) as step,
    1 << (coalesce(min(step), 13) - 1) as bit,
    coalesce(bit_or(1 << (proves - 1)), 0) as proves
from (
    select
        name,
        cast(step as integer) as step,
        cast(null as integer) as proves
    from unnest(cast(:steps as text[])) with ordinality as s (name, step)
    union all
    select
        name,
        null as step,
        proves
    from unnest(cast(:proofs as text[]), cast(:proves as integer[])) as p (name, proves)
) as named
group by name
