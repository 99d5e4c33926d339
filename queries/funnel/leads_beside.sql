-- The leads whose submission a leadless organization belongs to.
-- grain: one row per lead
-- params: none
-- from: funnel/leadless_organizations
select distinct cast(lead_id as text) as lead_id
from leadless_organizations
where lead_id is not null
order by lead_id
