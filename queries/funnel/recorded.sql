-- How far the leads of a range came, by the events stored on them (reading Recorded).
-- A lead reaches step k by a chain of its own events for steps 1 to k, each at most 2 s before the
-- latest of the steps before it and within the window from the first; the longest chain counts.
-- grain: one row per step asked for
-- params: steps text[] (in order, at most 12), start_at timestamp (inclusive),
--   end_at timestamp (exclusive), as_of timestamp (exclusive), window interval (null: no limit)
-- needs: website_leads.id, website_leads.created_at, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at
with

-- The first time of every step: one hash aggregate, enough for all but a few leads.
first_times as (
    select
        l.id as lead_id,
        count(*) as events,
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
    inner join conversion_tracking as e on e.website_lead_id = l.id
    inner join unnest(cast(:steps as text[])) with ordinality as s (name, step)
        on e.conversion_step = s.name
    where
        (cast(:start_at as timestamp) is null or l.created_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or l.created_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
        and isfinite(e.step_completed_at)
    group by l.id
),

first_touch as (
    select
        lead_id,
        events,
        num_nonnulls(t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12) as steps_present,
        case
            when t1 is null then 0
            when t2 is null or t2 > latest or t2 < t1 - slack then 1
            when t3 is null or t3 > latest or t3 < greatest(t1, t2) - slack then 2
            when t4 is null or t4 > latest or t4 < greatest(t1, t2, t3) - slack then 3
            when t5 is null or t5 > latest or t5 < greatest(t1, t2, t3, t4) - slack then 4
            when t6 is null or t6 > latest or t6 < greatest(t1, t2, t3, t4, t5) - slack then 5
            when t7 is null or t7 > latest or t7 < greatest(t1, t2, t3, t4, t5, t6) - slack then 6
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
        end as reach
    from (
        select
            first_times.*,
            coalesce(t1 + cast(:window as interval), 'infinity') as latest,
            interval '2 seconds' as slack
        from first_times
    ) as first_times
),

-- Where a step repeats and the first times did not reach every step that is there, another choice
-- of events might reach further: only these leads read their events again.
unsettled as (
    select lead_id
    from first_touch
    where reach < steps_present and events > steps_present
),

step_times as (
    select
        e.website_lead_id as lead_id,
        array_agg(e.step_completed_at order by e.step_completed_at)
        filter (where s.step = 1) as a1,
        array_agg(e.step_completed_at order by e.step_completed_at)
        filter (where s.step = 2) as a2,
        array_agg(e.step_completed_at order by e.step_completed_at)
        filter (where s.step = 3) as a3,
        array_agg(e.step_completed_at order by e.step_completed_at)
        filter (where s.step = 4) as a4,
        array_agg(e.step_completed_at order by e.step_completed_at)
        filter (where s.step = 5) as a5,
        array_agg(e.step_completed_at order by e.step_completed_at)
        filter (where s.step = 6) as a6,
        array_agg(e.step_completed_at order by e.step_completed_at)
        filter (where s.step = 7) as a7,
        array_agg(e.step_completed_at order by e.step_completed_at)
        filter (where s.step = 8) as a8,
        array_agg(e.step_completed_at order by e.step_completed_at)
        filter (where s.step = 9) as a9,
        array_agg(e.step_completed_at order by e.step_completed_at)
        filter (where s.step = 10) as a10,
        array_agg(e.step_completed_at order by e.step_completed_at)
        filter (where s.step = 11) as a11,
        array_agg(e.step_completed_at order by e.step_completed_at)
        filter (where s.step = 12) as a12
    from conversion_tracking as e
    inner join unnest(cast(:steps as text[])) with ordinality as s (name, step)
        on e.conversion_step = s.name
    where
        e.website_lead_id = any(array(select lead_id from unsettled))
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
        and isfinite(e.step_completed_at)
    group by e.website_lead_id
),

-- From each first step the earliest next event that may follow: the chain with the smallest latest
-- time at every step, so none from the same start reaches further. width_bucket finds it in the
-- sorted times; `beyond` is the 2 s a step may come early, and a microsecond to make < of <=.
-- `limit 1` keeps the planner from writing each step's expression into the next one, twice.
chains as (
    select
        a.lead_id,
        num_nonnulls(
            c1.high, c2.high, c3.high, c4.high, c5.high, c6.high,
            c7.high, c8.high, c9.high, c10.high, c11.high, c12.high
        ) as reach
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
    cross join lateral (
        select case when n12.at <= c1.latest then greatest(c11.high, n12.at) end as high
        limit 1
    ) as c12
),

reached as (
    select
        reach,
        count(*) as leads
    from (
        select first_touch.reach
        from first_touch
        where not (first_touch.reach < steps_present and events > steps_present)
        union all
        select max(chains.reach) as reach
        from chains
        group by chains.lead_id
    ) as reaches
    group by reach
),

with_event as (
    select
        counted.step,
        counted.leads
    from (select array[
        count(t1), count(t2), count(t3), count(t4), count(t5), count(t6),
        count(t7), count(t8), count(t9), count(t10), count(t11), count(t12)
    ] as leads from first_times) as totals
    cross join lateral unnest(totals.leads) with ordinality as counted (leads, step)
)

select
    s.name as step,
    cast(coalesce(sum(r.leads), 0) as bigint) as count,
    min(w.leads) as with_event
from unnest(cast(:steps as text[])) with ordinality as s (name, step)
inner join with_event as w on s.step = w.step
left join reached as r on s.step <= r.reach
group by s.step, s.name
order by s.step
