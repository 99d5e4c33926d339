-- Rows of the three tables in a range: whether each carries a session id, and whether it need not.
-- Exempt are an organization with an owner, a lead or event with a user of its own, a staff step.
-- grain: one row per row of the three tables
-- params: owner_column text (of organizations; null: none), staff_steps text[],
--   start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: organizations.id, organizations.session_id, organizations.created_at, website_leads.id,
--   website_leads.organization_id, website_leads.session_id, website_leads.created_at,
--   conversion_tracking.website_lead_id, conversion_tracking.conversion_step,
--   conversion_tracking.step_completed_at, conversion_tracking.session_id
with

every_row as (
    select
        'organizations' as table_name,
        o.id as organization_id,
        cast(null as uuid) as lead_id,
        cast(null as text) as step,
        o.created_at as stored_at,
        nullif(o.session_id, '') as session_id,
        o.own_user is not null as exempt
    -- A column this database lacks resolves to the one beside the subquery: null, not an error.
    from (values (cast(null as text), cast(null as text))) as absent (user_id, owner_user_id)
    cross join
        lateral (
            select
                id,
                session_id,
                created_at,
                case cast(:owner_column as text)
                    when 'user_id' then cast(user_id as text)
                    when 'owner_user_id' then cast(owner_user_id as text)
                end as own_user
            from organizations
        ) as o
    union all
    select
        'website_leads' as table_name,
        l.organization_id,
        l.id as lead_id,
        cast(null as text) as step,
        l.created_at as stored_at,
        nullif(l.session_id, '') as session_id,
        l.own_user is not null as exempt
    from (values (cast(null as text), cast(null as text))) as absent (user_id, owner_user_id)
    cross join
        lateral (
            select
                id,
                organization_id,
                session_id,
                created_at,
                coalesce(cast(user_id as text), cast(owner_user_id as text)) as own_user
            from website_leads
        ) as l
    union all
    select
        'conversion_tracking' as table_name,
        cast(null as uuid) as organization_id,
        e.website_lead_id as lead_id,
        coalesce(e.conversion_step, '(none)') as step,
        e.step_completed_at as stored_at,
        nullif(e.session_id, '') as session_id,
        e.own_user is not null
        or coalesce(e.conversion_step = any(cast(:staff_steps as text[])), false) as exempt
    from (values (cast(null as text), cast(null as text))) as absent (user_id, owner_user_id)
    cross join
        lateral (
            select
                website_lead_id,
                conversion_step,
                step_completed_at,
                session_id,
                coalesce(cast(user_id as text), cast(owner_user_id as text)) as own_user
            from conversion_tracking
        ) as e
)

select
    table_name,
    organization_id,
    lead_id,
    step,
    -- A time that no calendar holds is none.
    case
        when stored_at >= timestamp '0001-01-02' and stored_at < timestamp '9999-12-30'
            then stored_at
    end as at,
    session_id,
    exempt
from every_row
where
    (cast(:start_at as timestamp) is null or stored_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or stored_at < cast(:end_at as timestamp))
    and (cast(:as_of as timestamp) is null or stored_at < cast(:as_of as timestamp))
