-- What became of each submission of a range: the user it was converted to, its first payment, and
-- its last step.
--   paid_at: the first event of the payment step. amount: the first that such an event carries, and
--   its currency; a payment that is recorded twice is one.
--   in_progress: not paid, and the window since the first event of a required step is open.
-- grain: one row per submission, by its first lead (unit_id)
-- params: payment text (the step that is the payment), optional text[] (steps that may come long
--   before the others), window interval, clock timestamp, start_at timestamp (inclusive),
--   end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: funnel/units, funnel/matched_events, model/lead_facts, model/event_amounts
-- needs: website_leads.id, website_leads.created_at, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at
with

converted as (
    select
        id,
        converted_user,
        converted_at
    from lead_facts
    where
        converted_user is not null
        and (
            cast(:as_of as timestamp) is null
            or converted_at is null
            or converted_at < cast(:as_of as timestamp)
        )
),

entered as (
    select
        u.unit_id,
        u.begun_at,
        (array_agg(c.converted_user order by c.converted_at, c.id))[1] as converted_user,
        min(c.converted_at) as converted_at
    from units as u
    left join converted as c on u.lead_id = c.id
    where
        (cast(:start_at as timestamp) is null or u.begun_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or u.begun_at < cast(:end_at as timestamp))
    group by u.unit_id, u.begun_at
),

stepped as (
    select
        unit_id,
        min(at) filter (where conversion_step <> all(cast(:optional as text[]))) as first_step_at,
        max(at) as last_step_at,
        min(at) filter (where conversion_step = cast(:payment as text)) as paid_at
    from matched_events
    group by unit_id
),

priced as (
    select
        m.unit_id,
        (array_agg(a.amount order by m.at, m.id))[1] as amount,
        (array_agg(a.currency order by m.at, m.id))[1] as currency
    from matched_events as m
    inner join event_amounts as a on m.id = a.id
    where m.conversion_step = cast(:payment as text) and a.amount is not null
    group by m.unit_id
)

select
    e.unit_id,
    e.begun_at,
    e.converted_user,
    e.converted_at,
    s.last_step_at,
    s.paid_at,
    p.amount,
    p.currency,
    coalesce(
        s.paid_at is null
        and s.first_step_at > cast(:clock as timestamp) - cast(:window as interval),
        false
    ) as in_progress
from entered as e
left join stepped as s on e.unit_id = s.unit_id
left join priced as p on e.unit_id = p.unit_id
