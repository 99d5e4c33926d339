-- What the leads of a range's units prove, whatever was recorded. An analyzed lead proves a start
-- and a completion, a converted user a registration.
-- grain: one row per lead and step that it proves; step is its number
--   only_missing: it proves the step only where the unit has no event of it
--   is_loss: such an event is lost where the unit has none. A completion isn't: the visitor may
--   have left before. A start isn't where the lead may belong to the start of another submission:
--   its match is ambiguous, or a start of its website, which is no other analyzed lead's, lies
--   within the analysis window before it (a second analysis)
-- params: start_name text, start integer, completion integer, registration integer (the numbers of
--   the steps; null: not asked for), tracked_since timestamp (the source's first start; null: no
--   lead proves one), registered_since timestamp (its first registration), analysis_window interval
--   (the longest an analysis takes), start_at timestamp (inclusive), end_at timestamp (exclusive),
--   as_of timestamp (exclusive)
-- from: funnel/units, model/lead_facts, model/event_facts, model/leadless_events
-- needs: website_leads.id, website_leads.created_at, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at
with

members as materialized (
    select
        u.unit_id,
        u.submission_id,
        u.session_id,
        u.ambiguous,
        l.id,
        l.dated_at,
        l.website,
        l.converted_at,
        coalesce(l.is_analyzed and l.dated_at >= cast(:tracked_since as timestamp), false)
            as is_proof,
        bool_or(l.is_analyzed) over (partition by u.submission_id) as is_analyzed,
        bool_and(u.session_id is null) over (partition by u.submission_id) as is_alone,
        u.unit_id is not null
        and (cast(:start_at as timestamp) is null or u.begun_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or u.begun_at < cast(:end_at as timestamp))
            as in_range
    from units as u
    inner join lead_facts as l on u.lead_id = l.id
),

-- The submissions of websites with an unmatched lead, each with all that its events are known by.
contested as (
    select distinct
        m.website,
        m.submission_id,
        m.is_analyzed,
        k.key
    from members as m
    cross join
        lateral (values ('lead ' || cast(m.id as text)), ('session ' || m.session_id)) as k (key)
    where m.website in (
        select website from members
        where is_proof and is_alone
    )
),

starts as (
    select
        c.website,
        c.submission_id,
        c.is_analyzed,
        e.dated_at as at
    from contested as c
    inner join
        (
            select
                'lead ' || cast(website_lead_id as text) as key,
                conversion_step,
                step_completed_at,
                dated_at,
                is_dated
            from event_facts
            union all
            select
                'session ' || session_id as key,
                conversion_step,
                step_completed_at,
                dated_at,
                is_dated
            from leadless_events
        ) as e
        on c.key = e.key
    where
        e.conversion_step = cast(:start_name as text)
        and e.is_dated
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
),

-- The first start of a submission with an analyzed lead is that lead's.
numbered as (
    select
        starts.*,
        row_number() over (partition by submission_id order by at) as number
    from starts
),

around as (
    select
        website,
        at,
        true as is_start,
        cast(null as uuid) as id
    from numbered
    where number > 1 or not is_analyzed
    union all
    select
        website,
        dated_at as at,
        false as is_start,
        id
    from members
    where is_proof and is_alone
),

preceded as (
    select
        id,
        at - max(at) filter (where is_start) over (
            partition by website order by at asc, is_start desc rows unbounded preceding
        ) <= cast(:analysis_window as interval) as is_second
    from around
)

select
    m.unit_id,
    p.step,
    m.dated_at as at,
    p.only_missing,
    not p.only_missing and not m.ambiguous and not coalesce(s.is_second, false) as is_loss
from members as m
left join preceded as s on m.id = s.id
cross join
    lateral (
        values
        (cast(:start as integer), false), (cast(:completion as integer), true)
    ) as p (step, only_missing)
where m.is_proof and m.in_range and p.step is not null
union all
select
    unit_id,
    cast(:registration as integer) as step,
    converted_at as at,
    false as only_missing,
    true as is_loss
from members
where
    in_range
    and cast(:registration as integer) is not null
    and converted_at >= cast(:registered_since as timestamp)
    and (cast(:as_of as timestamp) is null or converted_at < cast(:as_of as timestamp))
