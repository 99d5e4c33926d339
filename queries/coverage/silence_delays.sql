-- The hours from an upstream step to its next step, on the leads that took both.
-- grain: one row per step and delay; a delay beyond 30 days counts as 30 days, an earlier step as 0
-- from: coverage/silence_firsts
-- params: chained text[], upstreams text[] (of each chained step; '' is the lead itself)
-- needs: none
with

pairs as (
    select
        step,
        upstream
    from
        unnest(cast(:chained as text[]), cast(:upstreams as text[])) as chain (step, upstream)
)

select
    p.step,
    least(greatest(
        cast(
            extract(epoch from date_trunc('hour', s.at) - date_trunc('hour', u.at)) / 3600 as bigint
        ), 0
    ), 720) as delay_hours,
    count(*) as leads
from pairs as p
inner join silence_firsts as s on p.step = s.step
inner join silence_firsts as u on s.unit = u.unit and p.upstream = u.step
group by 1, 2
order by 1, 2
