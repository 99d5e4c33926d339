-- Leads with a failure: more leads of a submission at once than its write paths, submissions
-- with placeholder leads only, ambiguous matches, and visitors' steps on the lead without session.
-- Leads that come later are from another analysis. The analysis of a submission may still run if it
-- began less than the analysis window before the clock. A placeholder is not a finding if its
-- website has an analyzed lead that no other submission claims, which may be the missing lead.
-- grain: one row per (kind, lead or event), newest first, at most row_limit (null for all)
-- params: steps text[], clock timestamp, analysis_window interval, kind text (null: every kind),
--   row_limit integer, start_at timestamp (inclusive), end_at timestamp (exclusive),
--   as_of timestamp (exclusive)
-- needs: website_leads.organization_id, website_leads.session_id, website_leads.website_url,
--   website_leads.business_name, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step
-- from: model/submissions, model/lead_facts, model/event_facts
with

members as materialized (
    select
        l.id,
        l.website_url,
        l.website,
        l.dated_at as created_at,
        l.is_placeholder,
        s.submission_id,
        s.begun_at,
        s.ambiguous,
        s.session_id is not null as has_session,
        count(*) over whole as members,
        count(s.session_id) over whole as visitor_leads,
        bool_and(l.is_placeholder) over whole as placeholders
    from submissions as s
    inner join lead_facts as l on cast(s.lead_id as uuid) = l.id
    window whole as (partition by s.submission_id)
),

-- Each path writes one lead. So a submission may have one lead with session and one without, or, if
-- all have a session, one placeholder and one analyzed lead.
visitor_leads as (
    select
        members.*,
        row_number() over (
            partition by submission_id, is_placeholder or members > visitor_leads
            order by created_at asc nulls last, id asc
        ) as number,
        created_at - lag(created_at) over (
            partition by submission_id, is_placeholder or members > visitor_leads
            order by created_at asc nulls last, id asc
        ) as gap
    from members
    where has_session
),

-- Submissions with placeholders only, and analyzed leads without any visitor's lead.
halves as materialized (
    select
        submission_id,
        id,
        placeholders,
        created_at,
        begun_at,
        website_url,
        website
    from members
    where placeholders or visitor_leads = 0
),

-- With several placeholders, the newest one counts, because the visitor's later steps are there.
unanalyzed as (
    select
        p.submission_id,
        max(p.created_at) as at,
        max(p.website_url) as website_url,
        (array_agg(p.id order by p.created_at desc nulls last, p.id asc))[1] as id
    from halves as p
    left join halves as other
        on
            p.website = other.website
            and not other.placeholders
            and other.created_at >= p.begun_at - interval '5 seconds'
            and other.created_at <= p.begun_at + cast(:analysis_window as interval)
    where
        p.placeholders
        and other.id is null
        and p.begun_at <= cast(:clock as timestamp) - cast(:analysis_window as interval)
    group by p.submission_id
),

findings as (
    select
        'duplicate_leads' as kind,
        cast(id as text) as row_id,
        cast(id as text) as lead_id,
        created_at as at,
        cast(extract(epoch from gap) as double precision) as gap_seconds,
        website_url,
        cast(null as text) as detail
    from visitor_leads
    where number > 1 and gap <= cast(:analysis_window as interval)
    union all
    select
        'unanalyzed_leads' as kind,
        cast(id as text) as row_id,
        cast(id as text) as lead_id,
        at,
        cast(null as double precision) as gap_seconds,
        website_url,
        cast(null as text) as detail
    from unanalyzed
    union all
    select
        'ambiguous_leads' as kind,
        cast(id as text) as row_id,
        cast(id as text) as lead_id,
        created_at as at,
        cast(null as double precision) as gap_seconds,
        website_url,
        cast(null as text) as detail
    from members
    where ambiguous
    union all
    select
        'split_steps' as kind,
        cast(e.id as text) as row_id,
        cast(m.id as text) as lead_id,
        e.dated_at as at,
        cast(null as double precision) as gap_seconds,
        m.website_url,
        e.conversion_step as detail
    from members as m
    inner join event_facts as e on m.id = e.website_lead_id
    where
        not m.has_session and m.visitor_leads > 0
        and e.conversion_step = any(cast(:steps as text[]))
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
)

select
    kind,
    row_id,
    lead_id,
    at,
    gap_seconds,
    website_url as website,
    detail
from findings
where
    (cast(:kind as text) is null or kind = cast(:kind as text))
    and (cast(:start_at as timestamp) is null or at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or at < cast(:end_at as timestamp))
order by at desc nulls last, kind asc, row_id asc
limit cast(:row_limit as integer)
