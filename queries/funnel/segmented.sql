-- The journeys of the units that the filters let through, each with its part of the breakdown.
-- grain: one row per unit; without properties all are in position 0, value ''
-- params: properties text[]
-- from: funnel/journeys, funnel/segments
select
    j.unit_id,
    j.times,
    j.reach,
    j.required,
    j.has,
    j.lost,
    j.out_of_order,
    j.by_lead,
    j.implied,
    j.fits,
    j.is_closed,
    coalesce(s.position, 0) as position,
    coalesce(s.value, '') as value
from journeys as j
-- PostgreSQL can't know how many rows either side has, and takes both for few. A full join is never
-- a nested loop; as a CASE the condition does not turn it into another kind.
full join segments as s on j.unit_id = s.unit_id
where
    case
        when j.unit_id is null then false
        when cast(:properties as text[]) is null then true
        else s.unit_id is not null
    end
