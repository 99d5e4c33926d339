-- How far the units of a range came: leads, or the submissions, visitors or organizations that
-- leads were merged into. A unit reaches required step k by a chain of its events for steps 1 to k,
-- each at most 2 s before the latest of those before it and within the window from the first; the
-- longest chain counts, then the earliest. An optional step counts where it fits into that chain.
-- grain: one row per (segment, step)
-- params: steps text[] (at most 12, the required ones first), required integer (null: all),
--   places integer[] (per step: how many required ones stand before it; for optional steps),
--   proofs text[], proves integer[] (pairs: a step name, and the number of a step it implies),
--   repair boolean (implied steps take part in the chain), window interval (null: no limit),
--   clock timestamp (when a window is over), start_at timestamp (inclusive),
--   end_at timestamp (exclusive), as_of timestamp (exclusive),
--   moved_leads uuid[], moved_units uuid[], moved_at timestamp[] (leads that do not stand for
--   themselves: their unit, null for none, and its beginning), sessions text[],
--   session_units uuid[], session_at timestamp[] (whose events without lead are whose),
--   segment_units uuid[], segments integer[] (which units count, and where; null: all, in 0)
-- needs: website_leads.id, website_leads.created_at, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at,
--   conversion_tracking.session_id
with

names as materialized (
    select
        name,
        min(step) as step,
        coalesce(cast(:required as integer), cardinality(cast(:steps as text[]))) as required,
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

given as materialized (
    select
        coalesce(cast(:required as integer), cardinality(cast(:steps as text[]))) as required,
        coalesce(cast(:repair as boolean), false) as repair,
        cast(:window as interval) as length,
        interval '2 seconds' as slack
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

sessions as materialized (
    select
        session_id,
        unit_id
    from
        unnest(
            cast(:sessions as text[]),
            cast(:session_units as uuid[]),
            cast(:session_at as timestamp[])
        ) as x (session_id, unit_id, begun_at)
    where
        (cast(:start_at as timestamp) is null or begun_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or begun_at < cast(:end_at as timestamp))
),

events as (
    select
        l.id as unit_id,
        s.step,
        s.required,
        s.proves,
        e.step_completed_at as at
    from website_leads as l
    inner join conversion_tracking as e on l.id = e.website_lead_id
    inner join names as s on e.conversion_step = s.name
    where
        (cast(:start_at as timestamp) is null or l.created_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or l.created_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
        and isfinite(e.step_completed_at)
        and not exists (
            select 1 from moved
            where moved.lead_id = l.id
        )
    union all
    select
        m.unit_id,
        s.step,
        s.required,
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
        x.unit_id,
        s.step,
        s.required,
        s.proves,
        e.step_completed_at as at
    from sessions as x
    inner join conversion_tracking as e on x.session_id = e.session_id
    inner join names as s on e.conversion_step = s.name
    where
        e.website_lead_id is null
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
        and isfinite(e.step_completed_at)
),

-- The first time of every step (t) and of every proof of it (q): one hash aggregate, enough for all
-- but a few units.
first_times as (
    select
        e.unit_id,
        count(*) filter (where e.step <= e.required) as events,
        array_agg(e.at) filter (where e.step > e.required) as optional_at,
        array_agg(e.step) filter (where e.step > e.required) as optional_step,
        min(e.at) filter (where e.step = 1) as t1,
        min(e.at) filter (where e.step = 2) as t2,
        min(e.at) filter (where e.step = 3) as t3,
        min(e.at) filter (where e.step = 4) as t4,
        min(e.at) filter (where e.step = 5) as t5,
        min(e.at) filter (where e.step = 6) as t6,
        min(e.at) filter (where e.step = 7) as t7,
        min(e.at) filter (where e.step = 8) as t8,
        min(e.at) filter (where e.step = 9) as t9,
        min(e.at) filter (where e.step = 10) as t10,
        min(e.at) filter (where e.step = 11) as t11,
        min(e.at) filter (where e.step = 12) as t12,
        min(e.at) filter (where e.proves & 1 <> 0) as q1,
        min(e.at) filter (where e.proves & 2 <> 0) as q2,
        min(e.at) filter (where e.proves & 4 <> 0) as q3,
        min(e.at) filter (where e.proves & 8 <> 0) as q4,
        min(e.at) filter (where e.proves & 16 <> 0) as q5,
        min(e.at) filter (where e.proves & 32 <> 0) as q6,
        min(e.at) filter (where e.proves & 64 <> 0) as q7,
        min(e.at) filter (where e.proves & 128 <> 0) as q8,
        min(e.at) filter (where e.proves & 256 <> 0) as q9,
        min(e.at) filter (where e.proves & 512 <> 0) as q10,
        min(e.at) filter (where e.proves & 1024 <> 0) as q11,
        min(e.at) filter (where e.proves & 2048 <> 0) as q12
    from events as e
    group by e.unit_id
),

-- What a proof puts in (p): the step at its earliest proof, where none is recorded at or before it.
proved as (
    select
        f.unit_id,
        f.events,
        f.optional_at,
        f.optional_step,
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
        g.required,
        g.repair,
        g.slack,
        g.length,
        case when f.t1 is null or f.t1 > f.q1 + g.slack then f.q1 end as p1,
        case when f.t2 is null or f.t2 > f.q2 + g.slack then f.q2 end as p2,
        case when f.t3 is null or f.t3 > f.q3 + g.slack then f.q3 end as p3,
        case when f.t4 is null or f.t4 > f.q4 + g.slack then f.q4 end as p4,
        case when f.t5 is null or f.t5 > f.q5 + g.slack then f.q5 end as p5,
        case when f.t6 is null or f.t6 > f.q6 + g.slack then f.q6 end as p6,
        case when f.t7 is null or f.t7 > f.q7 + g.slack then f.q7 end as p7,
        case when f.t8 is null or f.t8 > f.q8 + g.slack then f.q8 end as p8,
        case when f.t9 is null or f.t9 > f.q9 + g.slack then f.q9 end as p9,
        case when f.t10 is null or f.t10 > f.q10 + g.slack then f.q10 end as p10,
        case when f.t11 is null or f.t11 > f.q11 + g.slack then f.q11 end as p11,
        case when f.t12 is null or f.t12 > f.q12 + g.slack then f.q12 end as p12
    from first_times as f
    cross join given as g
),

in_chain as (
    select
        proved.*,
        case when 1 <= required then coalesce(case when repair then p1 end, t1) end as c1,
        case when 2 <= required then coalesce(case when repair then p2 end, t2) end as c2,
        case when 3 <= required then coalesce(case when repair then p3 end, t3) end as c3,
        case when 4 <= required then coalesce(case when repair then p4 end, t4) end as c4,
        case when 5 <= required then coalesce(case when repair then p5 end, t5) end as c5,
        case when 6 <= required then coalesce(case when repair then p6 end, t6) end as c6,
        case when 7 <= required then coalesce(case when repair then p7 end, t7) end as c7,
        case when 8 <= required then coalesce(case when repair then p8 end, t8) end as c8,
        case when 9 <= required then coalesce(case when repair then p9 end, t9) end as c9,
        case when 10 <= required then coalesce(case when repair then p10 end, t10) end as c10,
        case when 11 <= required then coalesce(case when repair then p11 end, t11) end as c11,
        case when 12 <= required then coalesce(case when repair then p12 end, t12) end as c12
    from proved
),

first_touch as (
    select
        in_chain.*,
        num_nonnulls(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12) as steps_present,
        case
            when c1 is null then 0
            when
                c2 is null or c2 > latest
                or c2 < c1 - slack then 1
            when
                c3 is null or c3 > latest
                or c3 < greatest(c1, c2) - slack then 2
            when
                c4 is null or c4 > latest
                or c4 < greatest(c1, c2, c3) - slack then 3
            when
                c5 is null or c5 > latest
                or c5 < greatest(c1, c2, c3, c4) - slack then 4
            when
                c6 is null or c6 > latest
                or c6 < greatest(c1, c2, c3, c4, c5) - slack then 5
            when
                c7 is null or c7 > latest
                or c7 < greatest(c1, c2, c3, c4, c5, c6) - slack then 6
            when
                c8 is null or c8 > latest
                or c8 < greatest(c1, c2, c3, c4, c5, c6, c7) - slack then 7
            when
                c9 is null or c9 > latest
                or c9 < greatest(c1, c2, c3, c4, c5, c6, c7, c8) - slack then 8
            when
                c10 is null or c10 > latest
                or c10 < greatest(c1, c2, c3, c4, c5, c6, c7, c8, c9) - slack then 9
            when
                c11 is null or c11 > latest
                or c11 < greatest(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10) - slack then 10
            when
                c12 is null or c12 > latest
                or c12 < greatest(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11) - slack then 11
            else 12
        end as reach
    from (
        select
            in_chain.*,
            coalesce(c1 + length, 'infinity') as latest
        from in_chain
    ) as in_chain
),

-- Where a step repeats, or is put in before it is recorded, and the first times did not reach every
-- step that is there, another choice of events might reach further: only these units read their
-- events again.
judged as materialized (
    select
        unit_id,
        optional_at,
        optional_step,
        t1,
        t2,
        t3,
        t4,
        t5,
        t6,
        t7,
        t8,
        t9,
        t10,
        t11,
        t12,
        p1,
        p2,
        p3,
        p4,
        p5,
        p6,
        p7,
        p8,
        p9,
        p10,
        p11,
        p12,
        required,
        repair,
        slack,
        length,
        reach,
        (array[c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12])[1:reach] as times,
        reach < steps_present and (
            events > num_nonnulls(
                case when 1 <= required then t1 end, case when 2 <= required then t2 end,
                case when 3 <= required then t3 end, case when 4 <= required then t4 end,
                case when 5 <= required then t5 end, case when 6 <= required then t6 end,
                case when 7 <= required then t7 end, case when 8 <= required then t8 end,
                case when 9 <= required then t9 end, case when 10 <= required then t10 end,
                case when 11 <= required then t11 end, case when 12 <= required then t12 end
            )
            or repair and num_nonnulls(
                p1 + (t1 - t1), p2 + (t2 - t2), p3 + (t3 - t3),
                p4 + (t4 - t4), p5 + (t5 - t5), p6 + (t6 - t6),
                p7 + (t7 - t7), p8 + (t8 - t8), p9 + (t9 - t9),
                p10 + (t10 - t10), p11 + (t11 - t11), p12 + (t12 - t12)
            ) > 0
        ) as unsettled
    from first_touch
),

unsettled_leads as materialized (
    select
        unit_id as lead_id,
        unit_id
    from judged
    where unsettled
    union all
    select
        m.lead_id,
        m.unit_id
    from judged as j
    inner join moved as m on j.unit_id = m.unit_id
    where j.unsettled
),

events_again as (
    select
        u.unit_id,
        s.step,
        e.step_completed_at as at
    from conversion_tracking as e
    inner join names as s on e.conversion_step = s.name
    inner join unsettled_leads as u on e.website_lead_id = u.lead_id
    where
        e.website_lead_id = any(array(select lead_id from unsettled_leads))
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
        and isfinite(e.step_completed_at)
    union all
    select
        j.unit_id,
        s.step,
        e.step_completed_at as at
    from judged as j
    inner join sessions as x on j.unit_id = x.unit_id
    inner join conversion_tracking as e on x.session_id = e.session_id
    inner join names as s on e.conversion_step = s.name
    where
        j.unsettled
        and e.website_lead_id is null
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
        and isfinite(e.step_completed_at)
    union all
    select
        j.unit_id,
        p.step,
        p.at
    from judged as j
    cross join
        lateral unnest(array[
            j.p1, j.p2, j.p3, j.p4, j.p5, j.p6,
            j.p7, j.p8, j.p9, j.p10, j.p11, j.p12
        ]) with ordinality as p (at, step)
    where j.unsettled and j.repair and p.at is not null
),

step_times as (
    select
        e.unit_id,
        array_agg(e.at order by e.at) filter (where e.step = 1) as a1,
        array_agg(e.at order by e.at) filter (where e.step = 2) as a2,
        array_agg(e.at order by e.at) filter (where e.step = 3) as a3,
        array_agg(e.at order by e.at) filter (where e.step = 4) as a4,
        array_agg(e.at order by e.at) filter (where e.step = 5) as a5,
        array_agg(e.at order by e.at) filter (where e.step = 6) as a6,
        array_agg(e.at order by e.at) filter (where e.step = 7) as a7,
        array_agg(e.at order by e.at) filter (where e.step = 8) as a8,
        array_agg(e.at order by e.at) filter (where e.step = 9) as a9,
        array_agg(e.at order by e.at) filter (where e.step = 10) as a10,
        array_agg(e.at order by e.at) filter (where e.step = 11) as a11,
        array_agg(e.at order by e.at) filter (where e.step = 12) as a12
    from events_again as e
    cross join given as g
    where e.step <= g.required
    group by e.unit_id
),

-- From each first step the earliest next event that may follow: the chain with the smallest latest
-- time at every step, so none from the same start reaches further. width_bucket finds it in the
-- sorted times; `beyond` is the 2 s a step may come early, and a microsecond to make < of <=.
-- `limit 1` keeps the planner from writing each step's expression into the next one, twice.
chains as (
    select
        a.unit_id,
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
    from step_times as a
    cross join lateral unnest(a.a1) as entry (at)
    cross join
        lateral (
            select
                entry.at as high,
                coalesce(entry.at + cast(:window as interval), 'infinity') as latest,
                interval '2.000001 seconds' as beyond
        ) as c1
    cross join
        lateral (
            select a.a2[width_bucket(c1.high - c1.beyond, a.a2) + 1] as at
        ) as n2
    cross join
        lateral (
            select case when n2.at <= c1.latest then greatest(c1.high, n2.at) end as high
            limit 1
        ) as c2
    cross join
        lateral (
            select a.a3[width_bucket(c2.high - c1.beyond, a.a3) + 1] as at
        ) as n3
    cross join
        lateral (
            select case when n3.at <= c1.latest then greatest(c2.high, n3.at) end as high
            limit 1
        ) as c3
    cross join
        lateral (
            select a.a4[width_bucket(c3.high - c1.beyond, a.a4) + 1] as at
        ) as n4
    cross join
        lateral (
            select case when n4.at <= c1.latest then greatest(c3.high, n4.at) end as high
            limit 1
        ) as c4
    cross join
        lateral (
            select a.a5[width_bucket(c4.high - c1.beyond, a.a5) + 1] as at
        ) as n5
    cross join
        lateral (
            select case when n5.at <= c1.latest then greatest(c4.high, n5.at) end as high
            limit 1
        ) as c5
    cross join
        lateral (
            select a.a6[width_bucket(c5.high - c1.beyond, a.a6) + 1] as at
        ) as n6
    cross join
        lateral (
            select case when n6.at <= c1.latest then greatest(c5.high, n6.at) end as high
            limit 1
        ) as c6
    cross join
        lateral (
            select a.a7[width_bucket(c6.high - c1.beyond, a.a7) + 1] as at
        ) as n7
    cross join
        lateral (
            select case when n7.at <= c1.latest then greatest(c6.high, n7.at) end as high
            limit 1
        ) as c7
    cross join
        lateral (
            select a.a8[width_bucket(c7.high - c1.beyond, a.a8) + 1] as at
        ) as n8
    cross join
        lateral (
            select case when n8.at <= c1.latest then greatest(c7.high, n8.at) end as high
            limit 1
        ) as c8
    cross join
        lateral (
            select a.a9[width_bucket(c8.high - c1.beyond, a.a9) + 1] as at
        ) as n9
    cross join
        lateral (
            select case when n9.at <= c1.latest then greatest(c8.high, n9.at) end as high
            limit 1
        ) as c9
    cross join
        lateral (
            select a.a10[width_bucket(c9.high - c1.beyond, a.a10) + 1] as at
        ) as n10
    cross join
        lateral (
            select case when n10.at <= c1.latest then greatest(c9.high, n10.at) end as high
            limit 1
        ) as c10
    cross join
        lateral (
            select a.a11[width_bucket(c10.high - c1.beyond, a.a11) + 1] as at
        ) as n11
    cross join
        lateral (
            select case when n11.at <= c1.latest then greatest(c10.high, n11.at) end as high
            limit 1
        ) as c11
    cross join
        lateral (
            select a.a12[width_bucket(c11.high - c1.beyond, a.a12) + 1] as at
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

units as (
    select
        coalesce(segments.segment, 0) as segment,
        j.optional_at,
        j.optional_step,
        j.t1,
        j.t2,
        j.t3,
        j.t4,
        j.t5,
        j.t6,
        j.t7,
        j.t8,
        j.t9,
        j.t10,
        j.t11,
        j.t12,
        j.p1,
        j.p2,
        j.p3,
        j.p4,
        j.p5,
        j.p6,
        j.p7,
        j.p8,
        j.p9,
        j.p10,
        j.p11,
        j.p12,
        j.required,
        j.repair,
        j.slack,
        j.length,
        coalesce(x.times, j.times) as times,
        coalesce(cardinality(x.times), j.reach) as steps_reached
    from judged as j
    left join longest as x on j.unit_id = x.unit_id
    left join unnest(
        cast(:segment_units as uuid[]), cast(:segments as integer[])
    ) as segments (unit_id, segment) on j.unit_id = segments.unit_id
    where cast(:segment_units as uuid[]) is null or segments.unit_id is not null
),

-- Of each unit: is its window over, which steps lie behind one that was lost, which optional steps
-- fit between the steps of its chain.
followed as (
    select
        u.*,
        coalesce(u.times[1] + u.length < cast(:clock as timestamp), false) as is_over,
        num_nonnulls(p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12) > 0 as irregular,
        case
            when (array[
                p1 is not null and t1 is null,
                p2 is not null and t2 is null,
                p3 is not null and t3 is null,
                p4 is not null and t4 is null,
                p5 is not null and t5 is null,
                p6 is not null and t6 is null,
                p7 is not null and t7 is null,
                p8 is not null and t8 is null,
                p9 is not null and t9 is null,
                p10 is not null and t10 is null,
                p11 is not null and t11 is null,
                p12 is not null and t12 is null
            ])[u.steps_reached + 1] then u.steps_reached + 2
        end as beyond_loss,
        case
            when u.required < cardinality(cast(:steps as text[])) then array(
                select o.step
                from (
                    select
                        r.at,
                        r.step
                    from unnest(u.optional_at, u.optional_step) as r (at, step)
                    union all
                    select
                        p.at,
                        cast(p.step as integer) as step
                    from
                        unnest(
                            array[p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12]
                        ) with ordinality as p (at, step)
                    where u.repair and p.step > u.required and p.at is not null
                ) as o
                inner join unnest(cast(:places as integer[])) with ordinality as p (place, step)
                    on o.step = p.step
                where
                    u.steps_reached >= p.place
                    and o.at >= (
                        select max(t.at) from unnest(u.times[1:p.place]) as t (at)
                    ) - u.slack
                    and o.at <= coalesce(u.times[1] + u.length, 'infinity')
                    and (u.steps_reached = p.place or o.at <= u.times[p.place + 1] + u.slack)
            )
        end as fitting
    from units as u
),

-- Beside how far units came: who has the event at all, whose was lost, came too late, or can't be
-- reached; and the optional steps that fit.
grouped as materialized (
    select
        segment,
        required,
        steps_reached,
        is_over,
        count(*) as units,
        array[
            count(t1),
            count(t2),
            count(t3),
            count(t4),
            count(t5),
            count(t6),
            count(t7),
            count(t8),
            count(t9),
            count(t10),
            count(t11),
            count(t12)
        ] as with_event,
        array[
            count(*) filter (where irregular and p1 is not null and t1 is null),
            count(*) filter (where irregular and p2 is not null and t2 is null),
            count(*) filter (where irregular and p3 is not null and t3 is null),
            count(*) filter (where irregular and p4 is not null and t4 is null),
            count(*) filter (where irregular and p5 is not null and t5 is null),
            count(*) filter (where irregular and p6 is not null and t6 is null),
            count(*) filter (where irregular and p7 is not null and t7 is null),
            count(*) filter (where irregular and p8 is not null and t8 is null),
            count(*) filter (where irregular and p9 is not null and t9 is null),
            count(*) filter (where irregular and p10 is not null and t10 is null),
            count(*) filter (where irregular and p11 is not null and t11 is null),
            count(*) filter (where irregular and p12 is not null and t12 is null)
        ] as lost,
        array[
            count(*) filter (where irregular and p1 is not null and t1 is not null),
            count(*) filter (where irregular and p2 is not null and t2 is not null),
            count(*) filter (where irregular and p3 is not null and t3 is not null),
            count(*) filter (where irregular and p4 is not null and t4 is not null),
            count(*) filter (where irregular and p5 is not null and t5 is not null),
            count(*) filter (where irregular and p6 is not null and t6 is not null),
            count(*) filter (where irregular and p7 is not null and t7 is not null),
            count(*) filter (where irregular and p8 is not null and t8 is not null),
            count(*) filter (where irregular and p9 is not null and t9 is not null),
            count(*) filter (where irregular and p10 is not null and t10 is not null),
            count(*) filter (where irregular and p11 is not null and t11 is not null),
            count(*) filter (where irregular and p12 is not null and t12 is not null)
        ] as reversed,
        array[
            count(t1) filter (where irregular and 1 between beyond_loss and required),
            count(t2) filter (where irregular and 2 between beyond_loss and required),
            count(t3) filter (where irregular and 3 between beyond_loss and required),
            count(t4) filter (where irregular and 4 between beyond_loss and required),
            count(t5) filter (where irregular and 5 between beyond_loss and required),
            count(t6) filter (where irregular and 6 between beyond_loss and required),
            count(t7) filter (where irregular and 7 between beyond_loss and required),
            count(t8) filter (where irregular and 8 between beyond_loss and required),
            count(t9) filter (where irregular and 9 between beyond_loss and required),
            count(t10) filter (where irregular and 10 between beyond_loss and required),
            count(t11) filter (where irregular and 11 between beyond_loss and required),
            count(t12) filter (where irregular and 12 between beyond_loss and required)
        ] as unreachable,
        array[
            count(*) filter (where 1 > required and 1 = any(fitting)),
            count(*) filter (where 2 > required and 2 = any(fitting)),
            count(*) filter (where 3 > required and 3 = any(fitting)),
            count(*) filter (where 4 > required and 4 = any(fitting)),
            count(*) filter (where 5 > required and 5 = any(fitting)),
            count(*) filter (where 6 > required and 6 = any(fitting)),
            count(*) filter (where 7 > required and 7 = any(fitting)),
            count(*) filter (where 8 > required and 8 = any(fitting)),
            count(*) filter (where 9 > required and 9 = any(fitting)),
            count(*) filter (where 10 > required and 10 = any(fitting)),
            count(*) filter (where 11 > required and 11 = any(fitting)),
            count(*) filter (where 12 > required and 12 = any(fitting))
        ] as fitting
    from followed
    group by segment, required, steps_reached, is_over
),

progress as (
    select
        g.segment,
        s.step,
        g.is_over,
        case
            when s.step > g.required
                then g.steps_reached > places.place or places.place = g.required
            else s.step < g.steps_reached or s.step = g.required
        end as converted,
        case
            when s.step > g.required then s.fitting
            when s.step <= g.steps_reached then g.units
            else 0
        end as units,
        s.with_event,
        s.lost,
        s.reversed,
        s.unreachable
    from grouped as g
    cross join
        lateral unnest(g.with_event, g.lost, g.reversed, g.unreachable, g.fitting)
        with ordinality as s (with_event, lost, reversed, unreachable, fitting, step)
    left join unnest(cast(:places as integer[])) with ordinality as places (place, step)
        on s.step = places.step
),

counted as (
    select
        segment,
        step,
        sum(units) as units,
        sum(units) filter (where converted) as converted,
        sum(units) filter (where not converted and is_over) as dropped,
        sum(units) filter (where not converted and not is_over) as in_progress,
        sum(units) filter (where is_over) as matured,
        sum(with_event) as with_event,
        sum(lost) as lost,
        sum(reversed) as reversed,
        sum(unreachable) as unreachable
    from progress
    group by segment, step
),

segment_list as (
    select distinct segment from unnest(cast(:segments as integer[])) as x (segment)
    union all
    select 0 as segment
    where cast(:segment_units as uuid[]) is null
)

select
    g.segment,
    s.name as step,
    cast(coalesce(c.units, 0) as bigint) as count,
    cast(coalesce(c.converted, 0) as bigint) as converted,
    cast(coalesce(c.dropped, 0) as bigint) as dropped,
    cast(coalesce(c.in_progress, 0) as bigint) as in_progress,
    cast(coalesce(c.matured, 0) as bigint) as over,
    cast(coalesce(c.with_event, 0) as bigint) as with_event,
    cast(coalesce(c.lost, 0) as bigint) as lost_at_least,
    cast(coalesce(c.reversed, 0) as bigint) as reversed,
    cast(coalesce(c.unreachable, 0) as bigint) as behind_a_loss
from segment_list as g
cross join unnest(cast(:steps as text[])) with ordinality as s (name, step)
left join counted as c on g.segment = c.segment and s.step = c.step
order by g.segment, s.step
