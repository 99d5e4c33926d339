-- Steps that a later step proves but that are recorded nowhere in their submission, at most one per
-- step, as the funnel counts them. The lead is the submission's first one.
-- grain: one row per (submission, step), newest first, at most row_limit (null for all)
-- params: steps text[], start_step text (the first of all), kind text (null: every kind),
--   row_limit integer
-- from: funnel/journeys, model/lead_facts
-- needs: website_leads.website_url
with

-- Materialized, because PostgreSQL would otherwise compute it again for every lead.
lossy as materialized (
    select
        j.unit_id,
        s.name as step
    from journeys as j
    cross join unnest(cast(:steps as text[])) with ordinality as s (name, step)
    where j.lost & (1 << (cast(s.step as integer) - 1)) <> 0
),

findings as (
    select
        case when f.step = :start_step then 'lost_starts' else 'lost_steps' end as kind,
        f.unit_id as lead_id,
        l.dated_at as at,
        l.website_url,
        f.step as detail
    from lossy as f
    inner join lead_facts as l on f.unit_id = l.id
)

select
    kind,
    cast(lead_id as text) as row_id,
    cast(lead_id as text) as lead_id,
    at,
    cast(null as double precision) as gap_seconds,
    website_url as website,
    detail
from findings
where cast(:kind as text) is null or kind = cast(:kind as text)
order by at desc nulls last, kind asc, lead_id asc, detail asc
limit cast(:row_limit as integer)
