-- How many submissions of a range have no visitor or no organization to be counted by.
-- grain: one row
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive)
-- from: funnel/units
select count(distinct submission_id) as submissions
from units
where
    unit_id is null
    and (cast(:start_at as timestamp) is null or begun_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or begun_at < cast(:end_at as timestamp))
