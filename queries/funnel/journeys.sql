-- How each unit of a range went through the steps: leads, or the submissions, visitors or
-- organizations that leads were matched into. A unit reaches required step k by a chain of its
-- events for steps 1 to k, each at most 2 s before the latest of those before it and within the
-- window from the first; the longest chain counts, then the earliest. An optional step counts after
-- the required one before it, within the window; without one, from one window before the first.
-- grain: one row per unit with an event of the steps or a proof of them; step k is bit k - 1 in has
--   (the event is there at all), lost (proven, nowhere recorded), out_of_order (recorded later than
--   its proof), by_lead (known from a lead only, no loss), implied (in the chain by its proof) and
--   fits (optional, within the chain)
-- params: steps text[] (at most 12, the required ones first), required integer (null: all),
--   places integer[] (per step: how many required ones stand before it; null: it never fits),
--   proofs text[], proves integer[] (pairs: a step name, and the number of a step it implies),
--   repair boolean (implied steps take part in the chain), window interval (null: no limit),
--   clock timestamp (when a window is closed), as_of timestamp (exclusive)
-- from: model/event_facts, funnel/step_names, funnel/units, funnel/matched_events,
--   funnel/open_proofs, funnel/judged
-- needs: website_leads.id, website_leads.created_at, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at
with

given as not materialized (
    select
        coalesce(cast(:required as integer), cardinality(cast(:steps as text[]))) as required,
        coalesce(cast(:repair as boolean), false) as repair,
        cast(:window as interval) as length,
        cast(:clock as timestamp) as clock,
        interval '2 seconds' as slack,
        -- A step may come 2 s early; the microsecond makes < of <=.
        interval '2.000001 seconds' as early,
        -- Farther apart than any two dated times: so one sorted array holds all steps of a unit.
        interval '105192000 hours' as gap,
        timestamp '0001-01-01' as earliest,
        timestamp '10000-01-01' as latest
),

unsettled_events as materialized (
    select
        e.website_lead_id as unit_id,
        e.conversion_step,
        e.dated_at as at
    from event_facts as e
    where
        -- As an array it is looked up in the index; a join would read every event.
        e.website_lead_id = any(array(
            select unit_id from judged
            where not settled
            except
            select lead_id from units
        ))
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
        and e.is_dated
    union all
    select
        e.unit_id,
        e.conversion_step,
        e.at
    from matched_events as e
    full join judged as j on e.unit_id = j.unit_id
    where case when e.unit_id is null then false else not j.settled end
),

step_events as materialized (
    select
        e.unit_id,
        s.step,
        e.at
    from unsettled_events as e
    inner join step_names as s on e.conversion_step = s.name
),

-- A step that its earliest proof puts in, where none is recorded at or before it.
implied_steps as (
    select
        e.unit_id,
        e.step,
        case
            when bool_and(e.is_proof) then min(e.at)
            else min(e.at) filter (where e.is_proof and not e.only_missing)
        end as at,
        case
            when not bool_and(e.is_proof) then 'out of order'
            when bool_or(e.is_loss) then 'lost'
            else 'by lead'
        end as why
    from (
        select
            unit_id,
            step,
            at,
            false as is_proof,
            false as only_missing,
            false as is_loss
        from step_events
        union all
        select
            u.unit_id,
            p.step,
            u.at,
            true as is_proof,
            false as only_missing,
            true as is_loss
        from unsettled_events as u
        inner join unnest(cast(:proofs as text[]), cast(:proves as integer[])) as p (name, step)
            on u.conversion_step = p.name
        union all
        select
            unit_id,
            step,
            at,
            true as is_proof,
            only_missing,
            is_loss
        from open_proofs
    ) as e
    cross join given as g
    group by e.unit_id, e.step, g.slack
    having
        bool_and(e.is_proof)
        or min(e.at) filter (where not e.is_proof)
        > min(e.at) filter (where e.is_proof and not e.only_missing) + g.slack
),

-- Each unit's times in sorted arrays, those of step k put k times `gap` later. Beyond the last
-- required one stands infinity: there the search for a next step ends. Materialized, because ||
-- returns an array in a form that each search would copy.
histories as materialized (
    select
        e.unit_id,
        coalesce(bit_or(1 << (e.step - 1)) filter (where e.is_event), 0) & 4095 as has,
        coalesce(bit_or(1 << (e.step - 1)) filter (where e.why = 'lost'), 0) as lost,
        coalesce(bit_or(1 << (e.step - 1)) filter (where e.why = 'out of order'), 0)
            as out_of_order,
        coalesce(bit_or(1 << (e.step - 1)) filter (where e.why = 'by lead'), 0) as by_lead,
        count(*) filter (where e.step = 1 and e.counts) as entries,
        array_agg(m.moment order by m.moment) filter (where e.counts and e.step <= g.required)
        || timestamp 'infinity' as moments,
        array_agg(m.moment order by m.moment) filter (where e.counts and e.step > g.required)
            as optional_moments,
        array_agg(m.moment) filter (where e.counts and not e.is_event) as put_in
    from (
        select
            unit_id,
            step,
            at,
            true as is_event,
            true as counts,
            cast(null as text) as why
        from step_events
        union all
        select
            i.unit_id,
            i.step,
            i.at,
            false as is_event,
            v.repair as counts,
            i.why
        from implied_steps as i
        cross join given as v
    ) as e
    cross join given as g
    cross join lateral (select e.at + e.step * g.gap as moment) as m
    group by e.unit_id
),

-- From each first step the earliest next event that may follow, found in the sorted array by
-- width_bucket; h is the latest time so far. No chain from the same start has smaller ones, so none
-- reaches further. `limit 1` keeps the planner from writing each step into the next one, twice.
chains as (
    select
        h.*,
        c.highs[1:c.reach] as highs
    from histories as h
    cross join given as v
    left join lateral (
        select
            highs,
            width_bucket(least(h1 + length, latest), highs) as reach
        from (
            select
                h.moments as m,
                v.gap,
                v.early,
                v.length,
                v.latest
        ) as x
        cross join lateral unnest(m[1:h.entries]) as e (moment)
        cross join lateral (select e.moment - gap as h1) as c1
        inner join lateral (
            select greatest(h1, m[width_bucket(h1 + 2 * gap - early, m) + 1] - 2 * gap) as h2
            limit 1
        ) as c2 on true
        inner join lateral (
            select greatest(h2, m[width_bucket(h2 + 3 * gap - early, m) + 1] - 3 * gap) as h3
            limit 1
        ) as c3 on true
        inner join lateral (
            select greatest(h3, m[width_bucket(h3 + 4 * gap - early, m) + 1] - 4 * gap) as h4
            limit 1
        ) as c4 on true
        inner join lateral (
            select greatest(h4, m[width_bucket(h4 + 5 * gap - early, m) + 1] - 5 * gap) as h5
            limit 1
        ) as c5 on true
        inner join lateral (
            select greatest(h5, m[width_bucket(h5 + 6 * gap - early, m) + 1] - 6 * gap) as h6
            limit 1
        ) as c6 on true
        inner join lateral (
            select greatest(h6, m[width_bucket(h6 + 7 * gap - early, m) + 1] - 7 * gap) as h7
            limit 1
        ) as c7 on true
        inner join lateral (
            select greatest(h7, m[width_bucket(h7 + 8 * gap - early, m) + 1] - 8 * gap) as h8
            limit 1
        ) as c8 on true
        inner join lateral (
            select greatest(h8, m[width_bucket(h8 + 9 * gap - early, m) + 1] - 9 * gap) as h9
            limit 1
        ) as c9 on true
        inner join lateral (
            select greatest(h9, m[width_bucket(h9 + 10 * gap - early, m) + 1] - 10 * gap) as h10
            limit 1
        ) as c10 on true
        inner join lateral (
            select greatest(h10, m[width_bucket(h10 + 11 * gap - early, m) + 1] - 11 * gap) as h11
            limit 1
        ) as c11 on true
        inner join lateral (
            select greatest(h11, m[width_bucket(h11 + 12 * gap - early, m) + 1] - 12 * gap) as h12
            limit 1
        ) as c12 on true
        cross join
            lateral (select array[h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12] as highs) as c
        order by reach desc, h1 asc
        limit 1
    ) as c on true
),

reread as (
    select
        c.*,
        t.times,
        t.implied
    from chains as c
    cross join given as g
    cross join lateral (
        select
            coalesce(array_agg(n.moment - n.step * g.gap order by n.step), '{}') as times,
            coalesce(bit_or(1 << (n.step - 1)) filter (where n.moment = any(c.put_in)), 0)
                as implied
        from (
            select
                s.step,
                case
                    when s.step = 1 then c.highs[1] + g.gap
                    else c.moments[
                        width_bucket(c.highs[s.step - 1] + s.step * g.gap - g.early, c.moments)
                        + 1
                    ]
                end as moment
            from generate_series(1, cardinality(c.highs)) as s (step)
        ) as n
    ) as t
),

followed as (
    select
        unit_id,
        times,
        has,
        0 as lost,
        0 as out_of_order,
        0 as by_lead,
        0 as implied,
        fits
    from judged
    where settled
    union all
    select
        r.unit_id,
        r.times,
        r.has,
        r.lost,
        r.out_of_order,
        r.by_lead,
        r.implied,
        o.fits
    from reread as r
    cross join given as g
    -- An optional step may come after later steps.
    cross join lateral (
        select coalesce(bit_or(1 << (cast(p.step as integer) - 1)), 0) as fits
        from unnest(cast(:places as integer[])) with ordinality as p (place, step)
        inner join
            lateral (
                select
                    p.step * g.gap + case
                        when p.place = 0 then coalesce(r.times[1] - g.length, g.earliest)
                        else r.highs[p.place] - g.slack
                    end as earliest,
                    p.step * g.gap + least(r.times[1] + g.length, g.latest) as latest
            ) as b
            on r.optional_moments[
                width_bucket(b.earliest - interval '1 microsecond', r.optional_moments) + 1
            ] <= b.latest
        where
            p.step > g.required
            and p.place <= cardinality(r.times)
            and r.times[1] is not null
    ) as o
)

select
    f.unit_id,
    f.times,
    cardinality(f.times) as reach,
    g.required,
    f.has,
    f.lost,
    f.out_of_order,
    f.by_lead,
    f.implied,
    f.fits,
    coalesce(f.times[1] + g.length < g.clock, false) as is_closed
from followed as f
cross join given as g
