-- How many submissions of a range were converted and paid, in all, per source and per period.
-- grain: one row for all (kind total), one per source (kind source; position as in
--   funnel/segments), and one per period (kind period)
-- params: none
-- from: outcomes/attributed
select
    case
        when grouping(position) = 0 then 'source'
        when grouping(period) = 0 then 'period'
        else 'total'
    end as kind,
    position,
    value as source,
    period,
    count(*) as submissions,
    count(converted_user) as converted,
    count(distinct converted_user) as converted_users,
    count(paid_at) as paid,
    percentile_cont(0.5) within group (order by days_to_payment) as days_to_payment,
    count(*) filter (where in_progress) as in_progress,
    percentile_cont(0.5) within group (order by days_idle) as days_idle
from attributed
group by grouping sets ((), (position, value), (period))
order by kind, position, period
