-- What became of the submissions of some leads.
-- grain: one row per lead
-- params: lead_ids uuid[] (null: all)
-- from: outcomes/attributed, funnel/units
select
    cast(u.lead_id as text) as lead_id,
    o.converted_user is not null as is_converted,
    o.converted_at,
    o.paid_at,
    cast(o.amount as double precision) as amount,
    o.currency,
    o.days_to_payment,
    o.last_step_at,
    o.days_idle
from units as u
inner join attributed as o on u.unit_id = o.unit_id
where cast(:lead_ids as uuid[]) is null or u.lead_id = any(cast(:lead_ids as uuid[]))
