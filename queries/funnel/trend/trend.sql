-- How many units of each local day, week or month completed the funnel, by the day they began; or
-- how many of those on the step before reached one step.
-- grain: one row per (segment, period) with a unit on the first step, or on the step before
-- params: grain text (day, week or month), zone text,
--   step integer (a required step after the first; null: the last one)
-- from: funnel/segmented, model/lead_facts
-- needs: website_leads.id, website_leads.created_at
with

-- Made once: PostgreSQL would rather make it again for every lead.
chosen as materialized (
    select
        unit_id,
        is_closed,
        reach >= coalesce(cast(:step as integer), required) as came,
        position,
        value
    from segmented
    where reach >= coalesce(cast(:step as integer) - 1, 1)
),

begun as (
    select
        j.position,
        j.value,
        cast(
            date_trunc(
                cast(:grain as text),
                (l.dated_at at time zone 'UTC')
                at time zone cast(:zone as text)
            ) as date
        ) as period,
        j.is_closed,
        j.came
    from chosen as j
    inner join lead_facts as l on j.unit_id = l.id
    where l.is_dated
)

select
    position,
    value,
    period,
    count(*) as first,
    count(*) filter (where came) as last,
    count(*) filter (where is_closed) as first_closed,
    count(*) filter (where is_closed and came) as last_closed
from begun
group by position, value, period
order by position, period
