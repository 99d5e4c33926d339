-- The number that the slug of the next organization ends in.
-- grain: one row
-- params: none
-- needs: organizations.id
select count(id) + 1 as number
from organizations
