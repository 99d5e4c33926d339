-- Leads whose matching changes which unit reached which step in a range: leads that share their
-- session; leads without session that have a step, or stand so near a bound that they decide on
-- which side of it their submission began; leads of sessions that have events without lead; and
-- leads that prove a step, unless it is plain that the step is recorded in time.
-- grain: one row per lead; pairs: whether it may be matched across sessions, by the median lag
-- params: steps text[], analysis_window interval (the longest an analysis takes),
--   start_name text, completion_name text, registration_name text (null: not asked for),
--   tracked_since timestamp, registered_since timestamp (funnel/lead_proofs),
--   start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/lead_facts, model/event_facts, model/leadless_events
-- needs: website_leads.id, website_leads.session_id, website_leads.created_at,
--   website_leads.website_url, website_leads.organization_id (matching takes these two),
--   conversion_tracking.website_lead_id, conversion_tracking.conversion_step,
--   conversion_tracking.step_completed_at, conversion_tracking.session_id
with

-- Two of a session may be two submissions; matching decides that.
shared_sessions as (
    select stored_session_id
    from lead_facts
    where session_id is not null
    group by stored_session_id
    having count(*) > 1
),

leadless_sessions as (
    select distinct session_id
    from leadless_events
    where
        session_id is not null
        and is_dated
        and conversion_step = any(cast(:steps as text[]))
        and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
),

leads as not materialized (
    select
        id,
        session_id is null as sessionless,
        stored_session_id,
        created_at
    from lead_facts
    where
        not is_visit
        and (
            cast(:start_at as timestamp) is null
            or created_at >= cast(:start_at as timestamp) - interval '5 seconds'
        )
        and (
            cast(:end_at as timestamp) is null
            or created_at <= cast(:end_at as timestamp) + cast(:analysis_window as interval)
        )
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
),

-- Wider than the range by the time between two leads of one submission, so that each of them has
-- all its candidates.
neighbors as materialized (
    select
        l.id,
        l.session_id,
        l.is_analyzed,
        l.website,
        l.dated_at as at
    from lead_facts as l
    where
        cast(:tracked_since as timestamp) is not null
        and not l.is_visit
        and l.is_dated
        and (
            cast(:start_at as timestamp) is null
            or l.created_at
            >= cast(:start_at as timestamp) - 2 * (cast(:analysis_window as interval) + '5 seconds')
        )
        and (
            cast(:end_at as timestamp) is null
            or l.created_at
            <= cast(:end_at as timestamp) + 2 * (cast(:analysis_window as interval) + '5 seconds')
        )
        and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
),

first_steps as (
    select
        e.website_lead_id as id,
        min(e.dated_at) filter (where e.conversion_step = cast(:start_name as text)) as started_at,
        min(e.dated_at) filter (where e.conversion_step = cast(:completion_name as text))
            as completed_at
    from event_facts as e
    where
        e.conversion_step = any(
            array[cast(:start_name as text), cast(:completion_name as text)]
        )
        and e.is_dated
        and e.website_lead_id is not null
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
    group by e.website_lead_id
),

-- How many partners each lead may have.
candidates as (
    select
        n.*,
        case
            when session_id is null
                then
                    count(*) filter (where session_id is not null) over (
                        partition by website order by at
                        range between :analysis_window preceding
                        and interval '5 seconds' following
                    )
            else
                count(*) filter (where session_id is null) over (
                    partition by website order by at
                    range between interval '5 seconds' preceding
                    and :analysis_window following
                )
        end as partners,
        max(cast(id as text)) filter (where session_id is not null) over (
            partition by website order by at
            range between :analysis_window preceding
            and interval '5 seconds' following
        ) as partner_id
    from neighbors as n
),

-- The lead with session whose events tell whether the steps that a lead proves are recorded.
proving as (
    select
        id,
        at,
        session_id is null as sessionless,
        case when session_id is not null then id when partners = 1 then cast(partner_id as uuid) end
            as told_by
    from candidates
    where is_analyzed and at >= cast(:tracked_since as timestamp)
)

select
    cast(p.id as text) as lead_id,
    true as pairs
from proving as p
left join candidates as c on p.told_by = c.id
left join first_steps as s on p.told_by = s.id
where
    (p.sessionless and c.partners is distinct from 1)
    or (
        cast(:start_name as text) is not null
        and coalesce(s.started_at > p.at + interval '2 seconds', true)
    )
    or (cast(:completion_name as text) is not null and s.completed_at is null)
union
select
    cast(l.id as text) as lead_id,
    true as pairs
from lead_facts as l
where
    cast(:registration_name as text) is not null
    and not l.is_visit
    and l.converted_at >= cast(:registered_since as timestamp)
    and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
    and not exists (
        select 1
        from event_facts as e
        where
            e.website_lead_id = l.id
            and e.conversion_step = cast(:registration_name as text)
            and e.step_completed_at <= l.converted_at + interval '2 seconds'
            and e.is_dated
    )
union
select
    cast(l.id as text) as lead_id,
    true as pairs
from leads as l
where
    l.sessionless and (
        l.created_at < cast(:start_at as timestamp)
        or (
            l.created_at < cast(:end_at as timestamp)
            and l.created_at >= cast(:end_at as timestamp) - interval '5 seconds'
        )
    )
union
select
    cast(l.id as text) as lead_id,
    true as pairs
from leads as l
where
    l.sessionless
    and exists (
        select 1
        from event_facts as e
        where e.website_lead_id = l.id and e.conversion_step = any(cast(:steps as text[]))
    )
union
select
    cast(l.id as text) as lead_id,
    false as pairs
from leads as l
inner join shared_sessions as s on l.stored_session_id = s.stored_session_id
union
select
    cast(l.id as text) as lead_id,
    true as pairs
from lead_facts as l
inner join leadless_sessions as s on l.stored_session_id = s.session_id
where not l.is_visit
order by lead_id, pairs
