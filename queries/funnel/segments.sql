-- Which units of a range the filters let through, and which part of the breakdown each is in.
-- grain: one row per unit; position 0 to 9 for the ten values with most units, 10 Other (what is
--   called so among them, so that no two parts have one name), 11 (none)
-- params: breakdown text (one of the properties asked about, or null),
--   property_filter jsonb (the values let through, per property: {"status": ["new"]}; null: all)
-- from: funnel/valued
with

let_through as (
    select
        unit_id,
        max(value) filter (where property = cast(:breakdown as text)) as value
    from valued
    group by unit_id
    having bool_and(coalesce((cast(:property_filter as jsonb) -> property) ? value, true))
),

ranked as (
    select
        value,
        row_number() over (
            order by value in ('(none)', 'Other') asc, count(*) desc, value asc
        ) as place
    from let_through
    where value is not null
    group by value
)

select
    u.unit_id,
    case
        when u.value is null then ''
        when u.value = '(none)' or r.place <= 10 then u.value
        else 'Other'
    end as value,
    cast(
        case
            when u.value is null then 0
            when u.value = '(none)' then 11
            when u.value = 'Other' then 10
            else least(r.place - 1, 10)
        end as integer
    ) as position
from let_through as u
left join ranked as r on u.value = r.value
