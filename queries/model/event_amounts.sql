-- The amount that each event carries: its conversion_value, or else the amount in its data. A
-- column that this database lacks is null.
--   amount: null where there is none, or no number below 10^12; in the unit that was stored.
--   currency: as the data has it; null where it names none.
-- grain: one row per event
-- params: none
-- needs: conversion_tracking.step_completed_at
select
    e.id,
    case
        when n.written ~ '^-?[0-9]{1,12}([.][0-9]{1,12})?$' then cast(n.written as numeric)
    end as amount,
    case when e.data ->> 'currency' ~ '[^ ]' then btrim(e.data ->> 'currency') end as currency
-- If the table lacks a column, its name resolves to the null beside the subquery: no error.
from (values (cast(null as uuid), cast(null as text), cast(null as jsonb)))
    as absent (id, conversion_value, step_data)
cross join
    lateral (
        select
            id,
            cast(conversion_value as text) as value,
            to_jsonb(step_data) as data
        from conversion_tracking
    ) as e
cross join lateral (select btrim(coalesce(e.value, e.data ->> 'amount')) as written) as n
