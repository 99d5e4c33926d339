-- Submissions of a range per local day, week or month of their first lead, and their leads.
-- grain: one row per period with a submission; those without a time are the row without a period
-- params: grain text (day, week or month), zone text, start_at timestamp (inclusive),
--   end_at timestamp (exclusive)
-- from: model/submissions
with

begun as (
    select
        submission_id,
        min(begun_at) as begun_at,
        count(*) as leads
    from submissions
    where
        (cast(:start_at as timestamp) is null or begun_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or begun_at < cast(:end_at as timestamp))
    group by submission_id
)

select
    cast(
        date_trunc(
            cast(:grain as text),
            (cast(begun_at as timestamp) at time zone 'UTC') at time zone cast(:zone as text)
        ) as date
    ) as period,
    count(*) as submissions,
    cast(sum(leads) as bigint) as leads
from begun
group by period
order by period
