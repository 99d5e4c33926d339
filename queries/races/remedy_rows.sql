-- Rows that the remedies would touch: organizations and leads that merging would delete, and the
-- leads and events that it would move. The whole tables count, whatever the period.
-- grain: one row
-- params: none
-- from: model/organization_facts, model/lead_facts, model/event_facts
-- needs: organizations.name, organizations.website_url, website_leads.organization_id,
--   website_leads.session_id, website_leads.website_url, website_leads.business_name,
--   conversion_tracking.website_lead_id
with

same_website as materialized (
    select counted.*
    from (
        select
            id,
            is_named,
            created_at,
            host,
            count(*) over (partition by host) as organizations
        from organization_facts
        where host is not null and owner is null
    ) as counted
    where organizations > 1
),

leads_of as materialized (
    select
        l.organization_id,
        count(*) as leads
    from lead_facts as l
    inner join same_website as s on l.organization_id = s.id
    group by l.organization_id
),

merged_organizations as materialized (
    select
        ranked.id,
        ranked.host,
        ranked.leads
    from (
        select
            s.id,
            s.host,
            coalesce(l.leads, 0) as leads,
            row_number() over (
                partition by s.host
                order by
                    s.is_named desc,
                    coalesce(l.leads, 0) desc,
                    s.created_at asc,
                    s.id asc
            ) as place
        from same_website as s
        left join leads_of as l on s.id = l.organization_id
    ) as ranked
    where place > 1
),

same_visit as materialized (
    select counted.*
    from (
        select
            id,
            session_id,
            is_named,
            created_at,
            host,
            count(*) over (partition by session_id, host) as leads
        from lead_facts
        where host is not null and session_id is not null
    ) as counted
    where leads > 1
),

events_of as materialized (
    select
        e.website_lead_id,
        count(*) as events
    from event_facts as e
    inner join same_visit as s on e.website_lead_id = s.id
    group by e.website_lead_id
),

merged_leads as materialized (
    select
        ranked.id,
        ranked.events
    from (
        select
            s.id,
            coalesce(e.events, 0) as events,
            row_number() over (
                partition by s.session_id, s.host
                order by
                    s.is_named desc,
                    coalesce(e.events, 0) desc,
                    s.created_at asc,
                    s.id asc
            ) as place
        from same_visit as s
        left join events_of as e on s.id = e.website_lead_id
    ) as ranked
    where place > 1
),

organization_counts as materialized (
    select
        count(*) as organizations_deleted,
        coalesce(sum(leads), 0) as leads_moved
    from merged_organizations
),

lead_counts as materialized (
    select
        count(*) as leads_deleted,
        coalesce(sum(events), 0) as events_moved
    from merged_leads
)

select
    o.organizations_deleted,
    cast(o.leads_moved as bigint) as leads_moved,
    l.leads_deleted,
    cast(l.events_moved as bigint) as events_moved
from organization_counts as o
cross join lead_counts as l
