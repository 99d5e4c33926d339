-- The outcome of each submission of a range, with its source, its period, and its times in days.
--   days_to_payment: from the submission's first lead. days_idle: since the last step, for those in
--   progress. Neither is below 0.
-- grain: one row per submission; without properties all are in position 0, value ''
-- params: grain text (day, week or month; null: no period), zone text, clock timestamp
-- from: outcomes/submission_outcomes, funnel/segments
select
    o.unit_id,
    o.converted_user,
    o.converted_at,
    o.last_step_at,
    o.paid_at,
    o.amount,
    o.currency,
    o.in_progress,
    coalesce(s.position, 0) as position,
    coalesce(s.value, '') as value,
    cast(
        date_trunc(
            cast(:grain as text),
            o.begun_at at time zone 'UTC' at time zone cast(:zone as text)
        ) as date
    ) as period,
    case
        when o.paid_at is not null and o.begun_at is not null
            then greatest(extract(epoch from o.paid_at - o.begun_at) / 86400, 0)
    end as days_to_payment,
    case
        when o.in_progress
            then greatest(extract(epoch from cast(:clock as timestamp) - o.last_step_at) / 86400, 0)
    end as days_idle
from submission_outcomes as o
-- A full join is never a nested loop; coalesce keeps the condition from making it another kind.
full join segments as s on o.unit_id = s.unit_id
where coalesce(o.unit_id is not null, false)
