-- How many submissions provably lost what, and when the first and last of them began.
-- grain: one row per set of kinds that occurs
-- params: none
-- from: funnel/losses/losses
select
    lost_step,
    unanalyzed,
    without_lead,
    count(*) as submissions,
    min(begun_at) as first_at,
    max(begun_at) as last_at
from losses
group by lost_step, unanalyzed, without_lead
order by lost_step, unanalyzed, without_lead
