-- The time up to which the demo is filled; null before it is first filled.
-- grain: one row
-- params: none
select max(until) as filled_until
from planted.fillings
