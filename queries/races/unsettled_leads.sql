-- One lead of each website that may have a finding. Its leads are not just one visitor's lead and
-- its one analysis, or its lead without session has a step.
-- grain: one row per website
-- params: steps text[], analysis_window interval (the longest an analysis takes),
--   as_of timestamp (exclusive)
-- from: model/lead_facts, model/event_facts
-- needs: website_leads.organization_id, website_leads.session_id, website_leads.website_url,
--   website_leads.business_name, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step
with

leads as (
    select
        id,
        session_id,
        created_at,
        website,
        is_analyzed
    from lead_facts
    where
        not is_visit
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
),

websites as (
    select
        website,
        min(cast(id as text) collate "C") as lead_id,
        count(*) as leads,
        count(session_id) as visitors,
        bool_or(is_analyzed) as is_analyzed,
        min(created_at) filter (where session_id is null)
        - min(created_at) filter (where session_id is not null) as lag
    from leads
    group by website
)

select lead_id
from websites
where
    not (
        is_analyzed
        and (
            (leads = 1 and visitors = 0)
            or (
                leads = 2 and visitors = 1
                and coalesce(
                    lag between interval '-5 seconds' and cast(:analysis_window as interval), false
                )
            )
        )
    )
union
select distinct cast(l.id as text) as lead_id
from lead_facts as l
inner join event_facts as e on l.id = e.website_lead_id
where
    l.session_id is null
    and not l.is_visit
    and e.conversion_step = any(cast(:steps as text[]))
    and (cast(:as_of as timestamp) is null or l.created_at < cast(:as_of as timestamp))
order by lead_id
