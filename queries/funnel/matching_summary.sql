-- What matching made of the leads of a range.
-- grain: one row; leads are those of the range's submissions; visits are leads without a website
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive),
--   as_of timestamp (exclusive), tracked_since timestamp (null: always)
-- from: model/submissions, model/lead_facts
select
    count(*) as leads,
    count(distinct submission_id) as submissions,
    count(distinct submission_id) filter (
        where coalesce(begun_at >= cast(:tracked_since as timestamp), true)
    ) as tracked,
    count(*) filter (where session_id is null) as sessionless,
    count(*) filter (where ambiguous) as ambiguous,
    (
        select count(*)
        from lead_facts
        where
            is_visit
            and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
            and (cast(:start_at as timestamp) is null or created_at >= cast(:start_at as timestamp))
            and (cast(:end_at as timestamp) is null or created_at < cast(:end_at as timestamp))
    ) as visits
from submissions
where
    (cast(:start_at as timestamp) is null or begun_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or begun_at < cast(:end_at as timestamp))
