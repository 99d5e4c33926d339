-- How the session ids on each submission's leads, events and organization compare with the
-- visitor's. The visitor's id is that of the leads, or else of the first event with an id. States:
--   same; other; none; absent (there is no such row); alone (there is no id to compare it with);
--   later: a later visitor's id overwrote it. It is on later leads, or on no lead and made later;
--   second: another id of the same browser, on no lead and made at most an hour earlier.
-- Among several rows, a different id has precedence over the same one, and the same over none.
-- grain: one row per submission
-- params: staff_steps text[], steps text[] (a visitor's), start_at timestamp (inclusive),
--   end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: organizations.id, organizations.session_id, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at,
--   conversion_tracking.session_id, website_leads.session_id, website_leads.created_at,
--   website_leads.organization_id, website_leads.website_url
-- from: model/submissions, model/lead_facts, model/organization_facts, model/event_facts,
--   model/leadless_events, model/owning_sessions
with

members as materialized (
    select
        cast(lead_id as uuid) as lead_id,
        cast(submission_id as uuid) as submission_id,
        cast(organization_id as uuid) as organization_id,
        session_id,
        begun_at
    from submissions
    where
        (cast(:start_at as timestamp) is null or begun_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or begun_at < cast(:end_at as timestamp))
),

owned_events as (
    select
        m.submission_id,
        e.session_id,
        e.conversion_step,
        e.step_completed_at
    from event_facts as e
    inner join members as m on e.website_lead_id = m.lead_id
    union all
    select
        m.submission_id,
        e.session_id,
        e.conversion_step,
        e.step_completed_at
    from leadless_events as e
    inner join members as m on e.session_id = m.session_id
    -- As an array they are looked up in the index; a join would group every session.
    where
        e.session_id = any(array(
            select session_id from owning_sessions
            where session_id = any(array(select session_id from leadless_events))
        ))
),

events as materialized (
    select
        submission_id,
        session_id,
        min(step_completed_at) as at,
        bool_or(conversion_step = any(cast(:steps as text[]))) as has_step
    from owned_events
    where
        (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
        and not coalesce(conversion_step = any(cast(:staff_steps as text[])), false)
    group by submission_id, session_id
),

lead_ids_of_visitors as (
    select
        submission_id,
        min(begun_at) as begun_at,
        max(session_id) as session_id
    from members
    group by submission_id
),

first_event_ids as (
    select distinct on (submission_id)
        submission_id,
        session_id
    from events
    where session_id is not null
    order by submission_id asc, at asc nulls last, session_id asc
),

stepped as (
    select
        submission_id,
        bool_or(has_step) as has_step
    from events
    group by submission_id
),

visitors as materialized (
    select
        l.submission_id,
        l.begun_at,
        coalesce(l.session_id, e.session_id) as session_id,
        coalesce(s.has_step, false) as has_step
    from lead_ids_of_visitors as l
    left join first_event_ids as e on l.submission_id = e.submission_id
    left join stepped as s on l.submission_id = s.submission_id
),

ids as (
    select distinct
        submission_id,
        'lead' as kind,
        session_id
    from members
    union all
    select
        submission_id,
        'event' as kind,
        session_id
    from events
    union all
    select distinct
        m.submission_id,
        'organization' as kind,
        o.session_id
    from members as m
    inner join organization_facts as o on m.organization_id = o.id
),

compared as (
    select
        c.submission_id,
        c.kind,
        v.begun_at,
        v.has_step,
        c.session_id as carried_id,
        v.session_id as visitors_id,
        case
            when
                c.session_id <> v.session_id
                and c.session_id ~ '^session_[0-9]{12,14}_[0-9a-z]{9}$'
                then cast(split_part(c.session_id, '_', 2) as bigint)
        end as carried_at,
        case
            when
                c.session_id <> v.session_id
                and v.session_id ~ '^session_[0-9]{12,14}_[0-9a-z]{9}$'
                then cast(split_part(v.session_id, '_', 2) as bigint)
        end as visitors_at
    from ids as c
    inner join visitors as v on c.submission_id = v.submission_id
),

known_ids as (
    select
        session_id,
        min(created_at) as begun_at
    from lead_facts
    where
        session_id is not null
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
    group by session_id
),

states as (
    select
        c.submission_id,
        c.kind,
        min(c.begun_at) as begun_at,
        min(c.visitors_id) as session_id,
        bool_or(c.has_step) as has_step,
        min(
            case
                when c.carried_id is null then 6
                when c.visitors_id is null then 5
                when c.carried_id = c.visitors_id then 4
                when k.begun_at > c.begun_at then 1
                when c.carried_at > c.visitors_at and k.session_id is null then 1
                when c.carried_at >= c.visitors_at - 3600000 and k.session_id is null then 2
                else 3
            end
        ) as state
    from compared as c
    left join known_ids as k on c.carried_id = k.session_id
    group by c.submission_id, c.kind
),

-- Joined with the visitors here, those in one state would be taken for few, and compared with all.
in_columns as (
    select
        submission_id,
        min(begun_at) as begun_at,
        min(session_id) as session_id,
        bool_or(has_step) as has_step,
        coalesce(min(state) filter (where kind = 'lead'), 7) as lead,
        coalesce(min(state) filter (where kind = 'event'), 7) as event,
        coalesce(min(state) filter (where kind = 'organization'), 7) as organization
    from states
    group by submission_id
),

names as (
    select array['later', 'second', 'other', 'same', 'alone', 'none', 'absent'] as of_states
)

select
    i.submission_id,
    i.begun_at,
    i.session_id,
    i.has_step,
    n.of_states[i.event] as event,
    n.of_states[i.lead] as lead,
    n.of_states[i.organization] as organization
from in_columns as i
cross join names as n
