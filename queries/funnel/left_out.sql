-- How many submissions of a range have no visitor or no organization to be counted by: none of
-- their leads names one.
-- grain: one row
-- params: unit text (visitor or organization), start_at timestamp (inclusive),
--   end_at timestamp (exclusive)
-- from: model/submissions
select count(*) as submissions
from (
    select submission_id
    from submissions
    where
        (cast(:start_at as timestamp) is null or begun_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or begun_at < cast(:end_at as timestamp))
    group by submission_id
    having
        bool_and(
            case cast(:unit as text)
                when 'visitor' then session_id
                when 'organization' then organization_id
            end is null
        )
) as without_unit
