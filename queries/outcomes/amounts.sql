-- What the payments of a range amount to, in all and per source, one currency apart from another.
-- grain: one row per currency (source null), and one per source and currency; the currency is null
--   where none is stored
-- params: none
-- from: outcomes/attributed
select
    value as source,
    currency,
    count(*) as payments,
    cast(sum(amount) as double precision) as amount
from attributed
where amount is not null
group by grouping sets ((currency), (position, value, currency))
order by grouping(position) desc, position asc, payments desc, currency asc
