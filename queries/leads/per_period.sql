-- Leads that match the filters, per local day, week or month; their sum is the number of matches.
-- grain: one row per period with a match; leads without a time are the row without a period
-- params: grain text (day, week or month), zone text
-- from: leads/matching
select
    cast(
        date_trunc(
            cast(:grain as text),
            (dated_at at time zone 'UTC') at time zone cast(:zone as text)
        ) as date
    ) as period,
    count(*) as leads
from matching
group by 1
order by 1
