-- Submissions by the state of the session ids on their events, leads and organization.
-- grain: one row per (event, lead, organization, has_step) that occurs
-- params: none
-- from: coverage/continuity
select
    event,
    lead,
    organization,
    has_step,
    count(*) as submissions
from continuity
group by event, lead, organization, has_step
order by event, lead, organization, has_step
