-- Submissions whose events, leads or organization are in one state, the newest first.
-- grain: one row per submission, at most row_limit
-- params: kind text (event, lead, organization), state text, row_limit integer (null for all)
-- from: coverage/continuity
-- needs: website_leads.id, website_leads.website_url
select
    cast(c.submission_id as text) as lead_id,
    c.begun_at,
    l.website_url,
    c.session_id,
    o.session_id as organization_session_id,
    c.event,
    c.lead,
    c.organization
from continuity as c
inner join website_leads as l on c.submission_id = l.id
left join organizations as o on l.organization_id = o.id
where
    case cast(:kind as text)
        when 'event' then c.event
        when 'lead' then c.lead
        when 'organization' then c.organization
    end = cast(:state as text)
order by c.begun_at desc nulls last, c.submission_id asc
limit cast(:row_limit as integer)
