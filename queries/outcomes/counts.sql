-- How many submissions of a range were converted and paid, in all, per source and per period; and
-- what the payments amount to, one currency apart from another.
-- grain: one row for all (kind total), one per source (kind source), one per period (kind period),
--   and one per currency, in all (source null) and per source (kind amount): of these, only
--   payments and amount are told; the currency is null where none is stored
-- params: none
-- from: outcomes/attributed
select
    case
        when grouping(currency) = 0 then 'amount'
        when grouping(position) = 0 then 'source'
        when grouping(period) = 0 then 'period'
        else 'total'
    end as kind,
    value as source,
    period,
    currency,
    count(*) as submissions,
    count(converted_user) as converted,
    count(distinct converted_user) as converted_users,
    count(paid_at) as paid,
    percentile_cont(0.5) within group (order by days_to_payment) as days_to_payment,
    count(*) filter (where in_progress) as in_progress,
    percentile_cont(0.5) within group (order by days_idle) as days_idle,
    count(amount) as payments,
    case when grouping(currency) = 0 then cast(sum(amount) as double precision) end as amount
from attributed
group by grouping sets ((), (position, value), (period), (currency), (position, value, currency))
having grouping(currency) = 1 or count(amount) > 0
order by kind asc, position asc nulls first, period asc, payments desc, currency asc
