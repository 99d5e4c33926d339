-- Proofs by leads of which the unit's event is missing, or recorded too late.
-- grain: one row per lead and step that it proves, as in funnel/lead_proofs
-- params: none
-- from: funnel/lead_proofs, funnel/first_times
select
    p.unit_id,
    p.step,
    p.at,
    p.only_missing,
    p.is_loss
from lead_proofs as p
-- A full join is never a nested loop.
full join
    (
        select
            unit_id,
            array[t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12] as firsts
        from first_times
    ) as t
    on p.unit_id = t.unit_id
where
    case
        when p.unit_id is null then false
        when t.unit_id is null or t.firsts[p.step] is null then true
        else not p.only_missing and t.firsts[p.step] > p.at + interval '2 seconds'
    end
