-- Until when the demo is filled; null before the first time.
-- grain: one row
-- params: none
select max(until) as filled_until
from planted.fillings
