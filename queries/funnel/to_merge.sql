-- Leads whose merging changes who took which step in a range: those that share their session, those
-- without session that carry a step, or stand so near a bound that they decide on which side of it
-- their submission began, and those of sessions whose events have no lead.
-- grain: one row per lead
-- params: steps text[], sessions text[], near interval (the longest an analysis takes),
--   start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: website_leads.id, website_leads.session_id, website_leads.created_at,
--   conversion_tracking.website_lead_id, conversion_tracking.conversion_step
with

leads as (
    select
        id,
        nullif(session_id, '') as session_id,
        created_at
    from website_leads
    where
        (
            cast(:start_at as timestamp) is null
            or created_at >= cast(:start_at as timestamp) - interval '5 seconds'
        )
        and (
            cast(:end_at as timestamp) is null
            or created_at <= cast(:end_at as timestamp) + cast(:near as interval)
        )
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
)

select
    cast(id as text) as lead_id,
    true as pairs
from leads
where
    session_id is null
    and (
        created_at < cast(:start_at as timestamp)
        or (
            created_at < cast(:end_at as timestamp)
            and created_at >= cast(:end_at as timestamp) - interval '5 seconds'
        )
    )
union
select
    cast(l.id as text) as lead_id,
    true as pairs
from leads as l
inner join conversion_tracking as e on l.id = e.website_lead_id
where l.session_id is null and e.conversion_step = any(cast(:steps as text[]))
union
select
    cast(l.id as text) as lead_id,
    false as pairs
from leads as l
where
    exists (
        select 1
        from website_leads as other
        where l.session_id = other.session_id and l.id <> other.id
    )
union
select
    cast(id as text) as lead_id,
    false as pairs
from website_leads
where session_id = any(cast(:sessions as text[]))
order by lead_id, pairs
