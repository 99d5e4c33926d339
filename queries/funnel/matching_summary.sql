-- What merging made of the leads of a range.
-- grain: one row; leads are those of the range's submissions
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive)
-- from: model/submissions
select
    count(*) as leads,
    count(distinct submission_id) as submissions,
    count(*) filter (where session_id is null) as sessionless,
    count(*) filter (where ambiguous) as ambiguous
from submissions
where
    (cast(:start_at as timestamp) is null or begun_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or begun_at < cast(:end_at as timestamp))
