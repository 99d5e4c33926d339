-- Rows of the three tables in a range: whether each has a session id, and whether it is exempt.
-- Organizations with an owner, leads and events with a user of their own, and staff steps are
-- exempt.
-- grain: one row per row of the three tables
-- params: staff_steps text[], start_at timestamp (inclusive), end_at timestamp (exclusive),
--   as_of timestamp (exclusive)
-- from: model/organization_facts, model/lead_facts, model/event_facts
with

every_row as (
    select
        'organizations' as table_name,
        id as organization_id,
        cast(null as uuid) as lead_id,
        cast(null as text) as step,
        created_at as stored_at,
        dated_at as at,
        session_id,
        owner is not null as exempt
    from organization_facts
    union all
    select
        'website_leads' as table_name,
        organization_id,
        id as lead_id,
        cast(null as text) as step,
        created_at as stored_at,
        dated_at as at,
        session_id,
        owner is not null as exempt
    from lead_facts
    union all
    select
        'conversion_tracking' as table_name,
        cast(null as uuid) as organization_id,
        website_lead_id as lead_id,
        coalesce(conversion_step, '(none)') as step,
        step_completed_at as stored_at,
        dated_at as at,
        session_id,
        owner is not null
        or coalesce(conversion_step = any(cast(:staff_steps as text[])), false) as exempt
    from event_facts
)

select
    table_name,
    organization_id,
    lead_id,
    step,
    at,
    session_id,
    exempt
from every_row
where
    (cast(:start_at as timestamp) is null or stored_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or stored_at < cast(:end_at as timestamp))
    and (cast(:as_of as timestamp) is null or stored_at < cast(:as_of as timestamp))
