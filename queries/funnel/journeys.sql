-- How each unit of a range went through the steps: leads, or the submissions, visitors or
-- organizations that leads were merged into. A unit reaches required step k by a chain of its
-- events for steps 1 to k, each at most 2 s before the latest of those before it and within the
-- window from the first; the longest chain counts, then the earliest. An optional step counts where
-- it fits into that chain.
-- grain: one row per unit with an event of the steps or of what proves them; step k is bit k - 1 in
--   has (the event is there at all), lost (proven, nowhere recorded), out_of_order (recorded later
--   than its proof), implied (in the chain by its proof) and fits (optional, within the chain)
-- params: steps text[] (at most 12, the required ones first), required integer (null: all),
--   places integer[] (per step: how many required ones stand before it; for optional steps),
--   proofs text[], proves integer[] (pairs: a step name, and the number of a step it implies),
--   repair boolean (implied steps take part in the chain), window interval (null: no limit),
--   clock timestamp (when a window is over), start_at timestamp (inclusive),
--   end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: funnel/units, funnel/owners
-- needs: website_leads.id, website_leads.created_at, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at
with

given as not materialized (
    select
        coalesce(cast(:required as integer), cardinality(cast(:steps as text[]))) as required,
        coalesce(cast(:repair as boolean), false) as repair,
        cast(:window as interval) as length,
        cast(:clock as timestamp) as clock,
        interval '2 seconds' as slack
),

-- A name that is no step but proves one has the bit after the last step's.
names as not materialized (
    select
        name,
        coalesce(min(step), 13) as step,
        1 << (coalesce(min(step), 13) - 1) as bit,
        coalesce(bit_or(1 << (proves - 1)), 0) as proves
    from (
        select
            name,
            cast(step as integer) as step,
            cast(null as integer) as proves
        from unnest(cast(:steps as text[])) with ordinality as s (name, step)
        union all
        select
            name,
            null as step,
            proves
        from unnest(cast(:proofs as text[]), cast(:proves as integer[])) as p (name, proves)
    ) as named
    group by name
),

-- Whether every step implies earlier ones only: then steps in order have none put in before them.
aligned as materialized (
    select coalesce(bool_and((n.proves & ((1 << g.required) - 1)) < n.bit), true) as holds
    from names as n
    cross join given as g
),

-- Leads of units of more than one lead, or of events without lead; and of no unit.
moved as materialized (
    select
        lead_id,
        unit_id,
        begun_at
    from (
        select
            lead_id,
            unit_id,
            begun_at,
            bool_or(is_joined) over (partition by unit_id) as is_joined
        from (
            select
                lead_id,
                unit_id,
                begun_at,
                unit_id <> lead_id or coalesce(begun_at <> created_at, false) as is_joined
            from units
            union all
            select
                null as lead_id,
                cast(unit_id as uuid) as unit_id,
                begun_at,
                true as is_joined
            from owners
        ) as leads_and_sessions
    ) as unit_leads
    where lead_id is not null and (unit_id is null or is_joined)
),

moved_in_range as (
    select
        lead_id,
        unit_id
    from moved
    where
        unit_id is not null
        and (cast(:start_at as timestamp) is null or begun_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or begun_at < cast(:end_at as timestamp))
),

owners_in_range as materialized (
    select
        session_id,
        cast(unit_id as uuid) as unit_id
    from owners
    where
        unit_id is not null
        and (cast(:start_at as timestamp) is null or begun_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or begun_at < cast(:end_at as timestamp))
),

-- A session column this database lacks resolves to the one beside the subquery.
leadless as (
    select
        e.session_id,
        e.conversion_step,
        e.step_completed_at
    from (values (cast(null as text))) as absent (session_id)
    cross join
        lateral (
            select
                session_id,
                conversion_step,
                step_completed_at
            from conversion_tracking
            where website_lead_id is null
        ) as e
    where
        isfinite(e.step_completed_at)
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
),

-- The first time of every step: one aggregate, enough for all but a few units. That of single leads
-- knows nothing of merging, so that PostgreSQL can share it out to workers.
lead_times as (
    select
        l.id as unit_id,
        count(*) as events,
        bit_or(s.bit) as has,
        bit_or(s.proves) as proven,
        min(e.step_completed_at) filter (where s.step = 1) as t1,
        min(e.step_completed_at) filter (where s.step = 2) as t2,
        min(e.step_completed_at) filter (where s.step = 3) as t3,
        min(e.step_completed_at) filter (where s.step = 4) as t4,
        min(e.step_completed_at) filter (where s.step = 5) as t5,
        min(e.step_completed_at) filter (where s.step = 6) as t6,
        min(e.step_completed_at) filter (where s.step = 7) as t7,
        min(e.step_completed_at) filter (where s.step = 8) as t8,
        min(e.step_completed_at) filter (where s.step = 9) as t9,
        min(e.step_completed_at) filter (where s.step = 10) as t10,
        min(e.step_completed_at) filter (where s.step = 11) as t11,
        min(e.step_completed_at) filter (where s.step = 12) as t12
    from website_leads as l
    inner join conversion_tracking as e on l.id = e.website_lead_id
    inner join names as s on e.conversion_step = s.name
    where
        (cast(:start_at as timestamp) is null or l.created_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or l.created_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
        and isfinite(e.step_completed_at)
    group by l.id
),

moved_events as materialized (
    select
        m.unit_id,
        s.step,
        s.bit,
        s.proves,
        e.step_completed_at as at
    from moved_in_range as m
    inner join conversion_tracking as e on m.lead_id = e.website_lead_id
    inner join names as s on e.conversion_step = s.name
    where
        (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
        and isfinite(e.step_completed_at)
    union all
    select
        o.unit_id,
        s.step,
        s.bit,
        s.proves,
        e.step_completed_at as at
    from owners_in_range as o
    inner join leadless as e on o.session_id = e.session_id
    inner join names as s on e.conversion_step = s.name
),

first_times as (
    select lead_times.*
    from lead_times
    where
        not exists (
            select 1 from moved
            where moved.lead_id = lead_times.unit_id
        )
    union all
    select
        unit_id,
        count(*) as events,
        bit_or(bit) as has,
        bit_or(proves) as proven,
        min(at) filter (where step = 1) as t1,
        min(at) filter (where step = 2) as t2,
        min(at) filter (where step = 3) as t3,
        min(at) filter (where step = 4) as t4,
        min(at) filter (where step = 5) as t5,
        min(at) filter (where step = 6) as t6,
        min(at) filter (where step = 7) as t7,
        min(at) filter (where step = 8) as t8,
        min(at) filter (where step = 9) as t9,
        min(at) filter (where step = 10) as t10,
        min(at) filter (where step = 11) as t11,
        min(at) filter (where step = 12) as t12
    from moved_events
    group by unit_id
),

first_touch as (
    select
        f.unit_id,
        f.events,
        f.has,
        f.proven,
        f.required,
        f.t1,
        f.t2,
        f.t3,
        f.t4,
        f.t5,
        f.t6,
        f.t7,
        f.t8,
        f.t9,
        f.t10,
        f.t11,
        f.t12,
        case
            when t1 is null then 0
            when
                t2 is null or t2 > latest
                or t2 < t1 - slack then 1
            when
                t3 is null or t3 > latest
                or t3 < greatest(t1, t2) - slack then 2
            when
                t4 is null or t4 > latest
                or t4 < greatest(t1, t2, t3) - slack then 3
            when
                t5 is null or t5 > latest
                or t5 < greatest(t1, t2, t3, t4) - slack then 4
            when
                t6 is null or t6 > latest
                or t6 < greatest(t1, t2, t3, t4, t5) - slack then 5
            when
                t7 is null or t7 > latest
                or t7 < greatest(t1, t2, t3, t4, t5, t6) - slack then 6
            when
                t8 is null or t8 > latest
                or t8 < greatest(t1, t2, t3, t4, t5, t6, t7) - slack then 7
            when
                t9 is null or t9 > latest
                or t9 < greatest(t1, t2, t3, t4, t5, t6, t7, t8) - slack then 8
            when
                t10 is null or t10 > latest
                or t10 < greatest(t1, t2, t3, t4, t5, t6, t7, t8, t9) - slack then 9
            when
                t11 is null or t11 > latest
                or t11 < greatest(t1, t2, t3, t4, t5, t6, t7, t8, t9, t10) - slack then 10
            when
                t12 is null or t12 > latest
                or t12 < greatest(t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11) - slack then 11
            else 12
        end as reach,
        coalesce(t2 >= t1 - slack, true)
        and coalesce(t3 >= greatest(t1, t2) - slack, true)
        and coalesce(t4 >= greatest(t1, t2, t3) - slack, true)
        and coalesce(t5 >= greatest(t1, t2, t3, t4) - slack, true)
        and coalesce(t6 >= greatest(t1, t2, t3, t4, t5) - slack, true)
        and coalesce(t7 >= greatest(t1, t2, t3, t4, t5, t6) - slack, true)
        and coalesce(t8 >= greatest(t1, t2, t3, t4, t5, t6, t7) - slack, true)
        and coalesce(t9 >= greatest(t1, t2, t3, t4, t5, t6, t7, t8) - slack, true)
        and coalesce(t10 >= greatest(t1, t2, t3, t4, t5, t6, t7, t8, t9) - slack, true)
        and coalesce(t11 >= greatest(t1, t2, t3, t4, t5, t6, t7, t8, t9, t10) - slack, true)
        and coalesce(t12 >= greatest(t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11) - slack, true)
            as in_order
    from (
        select
            first_times.*,
            given.slack,
            given.required,
            coalesce(t1 + given.length, 'infinity') as latest
        from first_times
        cross join given
    ) as f
),

-- Settled by that: every step in order, nothing lost, nothing but required steps, and no repeat
-- that could reach further. Only the others read their events again.
judged as materialized (
    select
        t.unit_id,
        t.has,
        (array[
            t.t1, t.t2, t.t3, t.t4, t.t5, t.t6, t.t7, t.t8, t.t9, t.t10, t.t11, t.t12
        ])[1:t.reach] as times,
        t.in_order
        and a.holds
        and t.has >> t.required = 0
        and t.proven & ~t.has = 0
        and (
            t.reach = num_nonnulls(
                t.t1, t.t2, t.t3, t.t4, t.t5, t.t6, t.t7, t.t8, t.t9, t.t10, t.t11, t.t12
            )
            or t.events = num_nonnulls(
                t.t1, t.t2, t.t3, t.t4, t.t5, t.t6, t.t7, t.t8, t.t9, t.t10, t.t11, t.t12
            )
        ) as settled
    from first_touch as t
    cross join aligned as a
),

events_again as materialized (
    select
        e.website_lead_id as unit_id,
        s.step,
        s.bit,
        s.proves,
        e.step_completed_at as at
    from conversion_tracking as e
    inner join names as s on e.conversion_step = s.name
    where
        -- As an array it is looked up in the index; a join would read every event.
        e.website_lead_id = any(array(
            select unit_id from judged
            where not settled
            except
            select unit_id from moved
        ))
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
        and isfinite(e.step_completed_at)
    union all
    select
        m.unit_id,
        m.step,
        m.bit,
        m.proves,
        m.at
    from judged as j
    inner join moved_events as m on j.unit_id = m.unit_id
    where not j.settled
),

step_times as (
    select
        unit_id,
        bit_or(bit) as has,
        array_agg(at order by at) filter (where step = 1) as a1,
        array_agg(at order by at) filter (where step = 2) as a2,
        array_agg(at order by at) filter (where step = 3) as a3,
        array_agg(at order by at) filter (where step = 4) as a4,
        array_agg(at order by at) filter (where step = 5) as a5,
        array_agg(at order by at) filter (where step = 6) as a6,
        array_agg(at order by at) filter (where step = 7) as a7,
        array_agg(at order by at) filter (where step = 8) as a8,
        array_agg(at order by at) filter (where step = 9) as a9,
        array_agg(at order by at) filter (where step = 10) as a10,
        array_agg(at order by at) filter (where step = 11) as a11,
        array_agg(at order by at) filter (where step = 12) as a12,
        min(at) filter (where proves & 1 <> 0) as q1,
        min(at) filter (where proves & 2 <> 0) as q2,
        min(at) filter (where proves & 4 <> 0) as q3,
        min(at) filter (where proves & 8 <> 0) as q4,
        min(at) filter (where proves & 16 <> 0) as q5,
        min(at) filter (where proves & 32 <> 0) as q6,
        min(at) filter (where proves & 64 <> 0) as q7,
        min(at) filter (where proves & 128 <> 0) as q8,
        min(at) filter (where proves & 256 <> 0) as q9,
        min(at) filter (where proves & 512 <> 0) as q10,
        min(at) filter (where proves & 1024 <> 0) as q11,
        min(at) filter (where proves & 2048 <> 0) as q12
    from events_again
    group by unit_id
),

-- What a proof puts in (p): the step at its earliest proof, where none is recorded at or before it.
proved as (
    select
        s.*,
        g.required,
        g.repair,
        g.length,
        case when s.a1 is null or s.a1[1] > s.q1 + g.slack then s.q1 end as p1,
        case when s.a2 is null or s.a2[1] > s.q2 + g.slack then s.q2 end as p2,
        case when s.a3 is null or s.a3[1] > s.q3 + g.slack then s.q3 end as p3,
        case when s.a4 is null or s.a4[1] > s.q4 + g.slack then s.q4 end as p4,
        case when s.a5 is null or s.a5[1] > s.q5 + g.slack then s.q5 end as p5,
        case when s.a6 is null or s.a6[1] > s.q6 + g.slack then s.q6 end as p6,
        case when s.a7 is null or s.a7[1] > s.q7 + g.slack then s.q7 end as p7,
        case when s.a8 is null or s.a8[1] > s.q8 + g.slack then s.q8 end as p8,
        case when s.a9 is null or s.a9[1] > s.q9 + g.slack then s.q9 end as p9,
        case when s.a10 is null or s.a10[1] > s.q10 + g.slack then s.q10 end as p10,
        case when s.a11 is null or s.a11[1] > s.q11 + g.slack then s.q11 end as p11,
        case when s.a12 is null or s.a12[1] > s.q12 + g.slack then s.q12 end as p12
    from step_times as s
    cross join given as g
),

-- Put in before what is recorded, times stay sorted. Optional steps have no place in the chain.
repaired as materialized (
    select
        unit_id,
        has,
        length,
        array[
            p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12
        ] as put_in,
        case
            when 1 > required then null
            when repair and p1 is not null then p1 || a1
            else a1
        end as a1,
        case
            when 2 > required then null
            when repair and p2 is not null then p2 || a2
            else a2
        end as a2,
        case
            when 3 > required then null
            when repair and p3 is not null then p3 || a3
            else a3
        end as a3,
        case
            when 4 > required then null
            when repair and p4 is not null then p4 || a4
            else a4
        end as a4,
        case
            when 5 > required then null
            when repair and p5 is not null then p5 || a5
            else a5
        end as a5,
        case
            when 6 > required then null
            when repair and p6 is not null then p6 || a6
            else a6
        end as a6,
        case
            when 7 > required then null
            when repair and p7 is not null then p7 || a7
            else a7
        end as a7,
        case
            when 8 > required then null
            when repair and p8 is not null then p8 || a8
            else a8
        end as a8,
        case
            when 9 > required then null
            when repair and p9 is not null then p9 || a9
            else a9
        end as a9,
        case
            when 10 > required then null
            when repair and p10 is not null then p10 || a10
            else a10
        end as a10,
        case
            when 11 > required then null
            when repair and p11 is not null then p11 || a11
            else a11
        end as a11,
        case
            when 12 > required then null
            when repair and p12 is not null then p12 || a12
            else a12
        end as a12
    from proved
),

-- From each first step the earliest next event that may follow: the chain with the smallest latest
-- time at every step, so none from the same start reaches further. width_bucket finds it in the
-- sorted times; `beyond` is the 2 s a step may come early, and a microsecond to make < of <=.
-- `limit 1` keeps the planner from writing each step's expression into the next one, twice.
chains as (
    select
        r.unit_id,
        array_remove(array[
            c1.high,
            case when c2.high is not null then n2.at end,
            case when c3.high is not null then n3.at end,
            case when c4.high is not null then n4.at end,
            case when c5.high is not null then n5.at end,
            case when c6.high is not null then n6.at end,
            case when c7.high is not null then n7.at end,
            case when c8.high is not null then n8.at end,
            case when c9.high is not null then n9.at end,
            case when c10.high is not null then n10.at end,
            case when c11.high is not null then n11.at end,
            case when c12.high is not null then n12.at end
        ], null) as times
    from repaired as r
    cross join lateral unnest(r.a1) as entry (at)
    cross join
        lateral (
            select
                entry.at as high,
                coalesce(entry.at + r.length, 'infinity') as latest,
                interval '2.000001 seconds' as beyond
        ) as c1
    cross join
        lateral (
            select r.a2[width_bucket(c1.high - c1.beyond, r.a2) + 1] as at
        ) as n2
    cross join
        lateral (
            select case when n2.at <= c1.latest then greatest(c1.high, n2.at) end as high
            limit 1
        ) as c2
    cross join
        lateral (
            select r.a3[width_bucket(c2.high - c1.beyond, r.a3) + 1] as at
        ) as n3
    cross join
        lateral (
            select case when n3.at <= c1.latest then greatest(c2.high, n3.at) end as high
            limit 1
        ) as c3
    cross join
        lateral (
            select r.a4[width_bucket(c3.high - c1.beyond, r.a4) + 1] as at
        ) as n4
    cross join
        lateral (
            select case when n4.at <= c1.latest then greatest(c3.high, n4.at) end as high
            limit 1
        ) as c4
    cross join
        lateral (
            select r.a5[width_bucket(c4.high - c1.beyond, r.a5) + 1] as at
        ) as n5
    cross join
        lateral (
            select case when n5.at <= c1.latest then greatest(c4.high, n5.at) end as high
            limit 1
        ) as c5
    cross join
        lateral (
            select r.a6[width_bucket(c5.high - c1.beyond, r.a6) + 1] as at
        ) as n6
    cross join
        lateral (
            select case when n6.at <= c1.latest then greatest(c5.high, n6.at) end as high
            limit 1
        ) as c6
    cross join
        lateral (
            select r.a7[width_bucket(c6.high - c1.beyond, r.a7) + 1] as at
        ) as n7
    cross join
        lateral (
            select case when n7.at <= c1.latest then greatest(c6.high, n7.at) end as high
            limit 1
        ) as c7
    cross join
        lateral (
            select r.a8[width_bucket(c7.high - c1.beyond, r.a8) + 1] as at
        ) as n8
    cross join
        lateral (
            select case when n8.at <= c1.latest then greatest(c7.high, n8.at) end as high
            limit 1
        ) as c8
    cross join
        lateral (
            select r.a9[width_bucket(c8.high - c1.beyond, r.a9) + 1] as at
        ) as n9
    cross join
        lateral (
            select case when n9.at <= c1.latest then greatest(c8.high, n9.at) end as high
            limit 1
        ) as c9
    cross join
        lateral (
            select r.a10[width_bucket(c9.high - c1.beyond, r.a10) + 1] as at
        ) as n10
    cross join
        lateral (
            select case when n10.at <= c1.latest then greatest(c9.high, n10.at) end as high
            limit 1
        ) as c10
    cross join
        lateral (
            select r.a11[width_bucket(c10.high - c1.beyond, r.a11) + 1] as at
        ) as n11
    cross join
        lateral (
            select case when n11.at <= c1.latest then greatest(c10.high, n11.at) end as high
            limit 1
        ) as c11
    cross join
        lateral (
            select r.a12[width_bucket(c11.high - c1.beyond, r.a12) + 1] as at
        ) as n12
    cross join
        lateral (
            select case when n12.at <= c1.latest then greatest(c11.high, n12.at) end as high
            limit 1
        ) as c12
),

longest as (
    select distinct on (unit_id)
        unit_id,
        times
    from chains
    order by unit_id asc, cardinality(times) desc, times asc
),

reread as materialized (
    select
        r.unit_id,
        r.has,
        r.put_in,
        coalesce(l.times, cast(array[] as timestamp[])) as times
    from repaired as r
    left join longest as l on r.unit_id = l.unit_id
),

-- An optional step fits between the steps of the chain around its place.
optional_times as (
    select
        e.unit_id,
        e.step,
        e.at
    from events_again as e
    union all
    select
        r.unit_id,
        cast(p.step as integer) as step,
        p.at
    from reread as r
    cross join given as g
    cross join lateral unnest(r.put_in) with ordinality as p (at, step)
    where g.repair and p.at is not null
),

fitting as (
    select
        r.unit_id,
        bit_or(1 << (o.step - 1)) as fits
    from reread as r
    inner join optional_times as o on r.unit_id = o.unit_id
    inner join unnest(cast(:places as integer[])) with ordinality as p (place, step)
        on o.step = p.step
    cross join given as g
    where
        p.step > g.required
        and cardinality(r.times) >= p.place
        and o.at >= (select max(t.at) from unnest(r.times[1:p.place]) as t (at)) - g.slack
        and o.at <= coalesce(r.times[1] + g.length, 'infinity')
        and (cardinality(r.times) = p.place or o.at <= r.times[p.place + 1] + g.slack)
    group by r.unit_id
),

marked as (
    select
        r.unit_id,
        r.times,
        r.has & 4095 as has,
        coalesce(m.lost, 0) as lost,
        coalesce(m.out_of_order, 0) as out_of_order,
        case when g.repair then coalesce(m.implied, 0) else 0 end as implied,
        coalesce(f.fits, 0) as fits
    from reread as r
    cross join given as g
    cross join
        lateral (
            select
                bit_or(1 << (p.step - 1)) filter (where (r.has >> (p.step - 1)) & 1 = 0) as lost,
                bit_or(1 << (p.step - 1)) filter (where (r.has >> (p.step - 1)) & 1 = 1)
                    as out_of_order,
                bit_or(1 << (p.step - 1)) filter (where r.times[p.step] = p.at) as implied
            from (
                select
                    at,
                    cast(step as integer) as step
                from unnest(r.put_in) with ordinality as p (at, step)
            ) as p
            where p.at is not null
        ) as m
    left join fitting as f on r.unit_id = f.unit_id
),

followed as (
    select
        unit_id,
        times,
        has,
        0 as lost,
        0 as out_of_order,
        0 as implied,
        0 as fits
    from judged
    where settled
    union all
    select
        unit_id,
        times,
        has,
        lost,
        out_of_order,
        implied,
        fits
    from marked
)

select
    f.unit_id,
    f.times,
    cardinality(f.times) as reach,
    g.required,
    f.has,
    f.lost,
    f.out_of_order,
    f.implied,
    f.fits,
    coalesce(f.times[1] + g.length < g.clock, false) as is_closed
from followed as f
cross join given as g
