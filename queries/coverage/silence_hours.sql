-- How many leads took each planned step for the first time, hour by hour.
-- grain: one row per step and hour with such a lead; step '' counts the leads created
-- from: coverage/silence_firsts
-- params: none
-- needs: none
select
    step,
    date_trunc('hour', at) as hour,
    count(*) as takers,
    min(at) as first_at,
    max(at) as last_at
from silence_firsts
group by step, date_trunc('hour', at)
order by step, hour
