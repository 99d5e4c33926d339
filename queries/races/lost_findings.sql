-- Steps that a later one proves and that are recorded nowhere in their submission, as the funnel
-- counts them: one per step at most.
-- grain: one row per (submission, step), newest first, at most row_limit (null for all)
-- params: steps text[], proofs text[], proves integer[] (pairs: a step name, and the number of a
--   step it implies), moved_leads uuid[], moved_units uuid[], moved_at timestamp[] (leads that do
--   not stand for themselves: their submission's first lead, and its beginning), sessions text[],
--   session_units uuid[], session_at timestamp[] (whose events without lead are whose),
--   start_step text (the first of all), kind text (null: every kind), row_limit integer,
--   start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: website_leads.id, website_leads.session_id, website_leads.website_url,
--   website_leads.created_at, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at,
--   conversion_tracking.session_id
with

names as materialized (
    select
        name,
        bit_or(is_step) as step_bit,
        bit_or(proof_of) as proof_bits
    from (
        select
            name,
            1 << (cast(step as integer) - 1) as is_step,
            0 as proof_of
        from unnest(cast(:steps as text[])) with ordinality as s (name, step)
        union all
        select
            name,
            0 as is_step,
            1 << (proves - 1) as proof_of
        from unnest(cast(:proofs as text[]), cast(:proves as integer[])) as p (name, proves)
    ) as named
    group by name
),

moved as materialized (
    select
        lead_id,
        unit_id,
        begun_at
    from unnest(
        cast(:moved_leads as uuid[]), cast(:moved_units as uuid[]), cast(:moved_at as timestamp[])
    ) as m (lead_id, unit_id, begun_at)
),

sessions as materialized (
    select
        session_id,
        unit_id,
        begun_at
    from
        unnest(
            cast(:sessions as text[]),
            cast(:session_units as uuid[]),
            cast(:session_at as timestamp[])
        ) as x (session_id, unit_id, begun_at)
),

-- What each lead recorded, and what its events prove.
per_lead as (
    select
        e.website_lead_id as lead_id,
        bit_or(n.step_bit) as recorded,
        bit_or(n.proof_bits) as proved
    from conversion_tracking as e
    inner join names as n on e.conversion_step = n.name
    where
        e.website_lead_id is not null
        and isfinite(e.step_completed_at)
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
    group by e.website_lead_id
),

parts as (
    select
        coalesce(m.unit_id, l.id) as unit_id,
        case when m.lead_id is null then l.created_at else m.begun_at end as begun_at,
        case when nullif(l.session_id, '') is not null then l.created_at end as visited_at,
        l.id as lead_id,
        p.recorded,
        p.proved
    from per_lead as p
    inner join website_leads as l on p.lead_id = l.id
    left join moved as m on p.lead_id = m.lead_id
    where cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp)
    union all
    select
        x.unit_id,
        x.begun_at,
        cast(null as timestamp) as visited_at,
        x.unit_id as lead_id,
        n.step_bit as recorded,
        n.proof_bits as proved
    from sessions as x
    inner join conversion_tracking as e on x.session_id = e.session_id
    inner join names as n on e.conversion_step = n.name
    where
        e.website_lead_id is null
        and isfinite(e.step_completed_at)
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
),

-- The lead to look at is the visitor's own, the newest of several.
units as (
    select
        min(begun_at) as begun_at,
        (array_agg(lead_id order by visited_at desc nulls last, lead_id asc))[1] as lead_id,
        bit_or(proved) & ~bit_or(recorded) as lost
    from parts
    group by unit_id
    having bit_or(proved) & ~bit_or(recorded) <> 0
),

findings as (
    select
        case when s.name = :start_step then 'lost_starts' else 'lost_steps' end as kind,
        u.lead_id,
        u.begun_at as at,
        s.name as detail
    from units as u
    inner join unnest(cast(:steps as text[])) with ordinality as s (name, step)
        on u.lost & (1 << (cast(s.step as integer) - 1)) <> 0
)

select
    f.kind,
    cast(f.lead_id as text) as row_id,
    cast(f.lead_id as text) as lead_id,
    case when isfinite(f.at) then f.at end as at,
    cast(null as double precision) as gap_seconds,
    l.website_url as website,
    f.detail
from findings as f
inner join website_leads as l on f.lead_id = l.id
where
    (cast(:kind as text) is null or f.kind = cast(:kind as text))
    and (cast(:start_at as timestamp) is null or f.at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or f.at < cast(:end_at as timestamp))
order by f.at desc nulls last, f.kind asc, f.lead_id asc, f.detail asc
limit cast(:row_limit as integer)
