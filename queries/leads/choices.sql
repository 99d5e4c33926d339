-- Values that the leads of a range have, as options of the filters.
-- grain: one row per (property, value), the most frequent first, at most 200 of each property
-- params: properties text[]
-- from: leads/in_range
with

counted as (
    select
        p.property,
        p.value,
        count(*) as leads,
        row_number() over (partition by p.property order by count(*) desc, p.value asc) as place
    from in_range as l
    cross join
        lateral (
            select
                u.property,
                coalesce(
                    l.property_values[array_position(l.property_names, u.property)], '(none)'
                ) as value
            from unnest(cast(:properties as text[])) as u (property)
        ) as p
    group by p.property, p.value
)

select
    property,
    value,
    leads
from counted
where place <= 200
order by leads desc, property asc, value asc
