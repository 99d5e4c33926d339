-- Submissions begun in a range that provably lost data, each once: a step that a recorded one
-- implies is recorded nowhere; its analysis completed, and no lead has the analyzed business; an
-- organization without owner has a website and no lead. Such an organization belongs to the
-- submission of the lead beside it; without one its group is a submission by itself.
-- grain: one row per submission
-- params: completion integer (the number of the step; null: never recorded), completion_name text,
--   analysis_window interval (the longest an analysis takes), beside uuid[], groups uuid[],
--   groups_at timestamp[] (columns of leadless_organizations: lead, group and its time),
--   clock timestamp, start_at timestamp (inclusive), end_at timestamp (exclusive),
--   as_of timestamp (exclusive)
-- from: funnel/journeys, model/lead_facts, model/event_facts, model/leadless_events
-- needs: website_leads.id, website_leads.business_name, website_leads.website_url,
--   website_leads.created_at,
--   conversion_tracking.website_lead_id, conversion_tracking.conversion_step,
--   conversion_tracking.step_completed_at, conversion_tracking.session_id
with

members as materialized (
    select
        cast(s.submission_id as uuid) as submission_id,
        cast(s.lead_id as uuid) as lead_id,
        s.session_id,
        s.begun_at,
        s.ambiguous,
        l.dated_at,
        l.website,
        l.is_analyzed
    from submissions as s
    inner join lead_facts as l on cast(s.lead_id as uuid) = l.id
),

matched as materialized (
    select
        submission_id,
        min(website) as website,
        min(begun_at) as begun_at,
        bool_or(session_id is not null) as has_session,
        bool_or(is_analyzed) as is_analyzed,
        bool_or(ambiguous) as ambiguous
    from members
    group by submission_id
),

-- Neither an ambiguous match, where who is who is unknown, nor one without session: matching
-- can't join two leads that both have none.
placeholders_only as materialized (
    select
        j.unit_id as submission_id,
        m.begun_at,
        m.website
    from journeys as j
    inner join matched as m on j.unit_id = m.submission_id
    where
        (j.has >> (cast(:completion as integer) - 1)) & 1 = 1
        and m.has_session
        and not m.is_analyzed
        and not m.ambiguous
        and m.begun_at + cast(:analysis_window as interval) < cast(:clock as timestamp)
),

-- An event whose lead does not exist is its session's, as in the journeys.
completions as materialized (
    select
        p.submission_id,
        p.website,
        e.dated_at as at
    from placeholders_only as p
    inner join members as m on p.submission_id = m.submission_id
    inner join event_facts as e on m.lead_id = e.website_lead_id
    where
        e.conversion_step = cast(:completion_name as text)
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
    union all
    select
        p.submission_id,
        p.website,
        e.dated_at as at
    from placeholders_only as p
    inner join owners as o on cast(p.submission_id as text) = o.unit_id
    inner join leadless_events as e on o.session_id = e.session_id
    where
        e.conversion_step = cast(:completion_name as text)
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
),

-- Its analyzed lead may still come, or is there on the website as one that nobody's session claims:
-- the visitor's second analysis.
excused as (
    select submission_id
    from completions
    group by submission_id
    having min(at) + cast(:analysis_window as interval) >= cast(:clock as timestamp)
    union
    select c.submission_id
    from completions as c
    inner join members as alone
        on
            c.website = alone.website
            and alone.dated_at >= c.at - cast(:analysis_window as interval)
            and alone.dated_at <= c.at + cast(:analysis_window as interval)
    inner join matched as m on alone.submission_id = m.submission_id
    where alone.is_analyzed and not m.has_session
),

found as (
    select
        j.unit_id as submission_id,
        l.created_at as begun_at,
        false as is_organization,
        'lost_step' as kind
    from journeys as j
    inner join website_leads as l on j.unit_id = l.id
    where j.lost <> 0
    union all
    select
        p.submission_id,
        p.begun_at,
        false as is_organization,
        'unanalyzed' as kind
    from placeholders_only as p
    left join excused as e on p.submission_id = e.submission_id
    where e.submission_id is null
    union all
    select
        coalesce(m.submission_id, o.group_id) as submission_id,
        case when m.submission_id is null then o.group_at else m.begun_at end as begun_at,
        m.submission_id is null as is_organization,
        'without_lead' as kind
    from
        unnest(
            cast(:beside as uuid[]), cast(:groups as uuid[]), cast(:groups_at as timestamp[])
        ) as o (lead_id, group_id, group_at)
    left join members as m on o.lead_id = m.lead_id
    where
        (
            cast(:start_at as timestamp) is null
            or coalesce(m.begun_at, o.group_at) >= cast(:start_at as timestamp)
        )
        and (
            cast(:end_at as timestamp) is null
            or coalesce(m.begun_at, o.group_at) < cast(:end_at as timestamp)
        )
)

select
    submission_id,
    is_organization,
    min(begun_at) as begun_at,
    bool_or(kind = 'lost_step') as lost_step,
    bool_or(kind = 'unanalyzed') as unanalyzed,
    bool_or(kind = 'without_lead') as without_lead
from found
group by submission_id, is_organization
