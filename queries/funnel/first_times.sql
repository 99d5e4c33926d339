-- When each unit of a range recorded each step first: an aggregate, enough for all but a few units.
-- grain: one row per unit with an event of the steps or of what proves them; has: the bits of its
--   names, proven: the bits of the steps that these imply (funnel/step_names)
-- params: lead_ids uuid[] (the leads whose websites are matched; null: all),
--   missing_leads uuid[] (answers of model/missing_leads), as_of timestamp (exclusive),
--   start_at timestamp (inclusive), end_at timestamp (exclusive)
-- from: model/event_leads, funnel/step_names, funnel/units, funnel/matched_events
-- needs: website_leads.id, website_leads.created_at, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at
with

-- It knows nothing of matching, so that PostgreSQL can share it out to workers.
lead_times as (
    select
        e.lead_id as unit_id,
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
    from event_leads as e
    inner join step_names as s on e.conversion_step = s.name
    where
        e.lead_id is not null
        and not coalesce(e.lead_id = any(cast(:missing_leads as uuid[])), false)
        -- Where all leads are matched, their events are in matched_events.
        and cast(:lead_ids as uuid[]) is not null
        and (
            cast(:start_at as timestamp) is null
            or e.lead_created_at >= cast(:start_at as timestamp)
        )
        and (cast(:end_at as timestamp) is null or e.lead_created_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or e.lead_created_at < cast(:as_of as timestamp))
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
        and e.is_dated
    group by e.lead_id
)

-- A full join, because PostgreSQL would take matched leads for few and loop over them.
select t.*
from lead_times as t
full join units as u on t.unit_id = u.lead_id
where case when t.unit_id is null then false else u.lead_id is null end
union all
select
    e.unit_id,
    bit_or(s.bit) as has,
    bit_or(s.proves) as proven,
    min(e.at) filter (where s.step = 1) as t1,
    min(e.at) filter (where s.step = 2) as t2,
    min(e.at) filter (where s.step = 3) as t3,
    min(e.at) filter (where s.step = 4) as t4,
    min(e.at) filter (where s.step = 5) as t5,
    min(e.at) filter (where s.step = 6) as t6,
    min(e.at) filter (where s.step = 7) as t7,
    min(e.at) filter (where s.step = 8) as t8,
    min(e.at) filter (where s.step = 9) as t9,
    min(e.at) filter (where s.step = 10) as t10,
    min(e.at) filter (where s.step = 11) as t11,
    min(e.at) filter (where s.step = 12) as t12
from matched_events as e
inner join step_names as s on e.conversion_step = s.name
group by e.unit_id
