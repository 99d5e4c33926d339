-- Leads per local day that match the filters; their sum is the number of matches.
-- grain: one row per day with a match; leads without a time are the row without a day
-- params: zone text
-- from: leads/matching
select
    cast(dated_at at time zone 'UTC' at time zone :zone as date) as day,
    count(*) as leads
from matching
group by 1
order by 1
