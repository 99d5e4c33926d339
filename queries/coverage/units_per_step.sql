-- How many leads took each planned step up to a time, and when the first of them did.
-- grain: one row per step (of steps, where an event has no lead: its session stands for it)
-- params: none
-- from: coverage/silence_firsts
-- needs: none
select
    step,
    count(*) as units,
    min(at) as first_at
from silence_firsts
where step <> ''
group by step
order by step
