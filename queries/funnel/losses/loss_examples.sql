-- Submissions with one kind of provable loss, the newest first.
-- grain: one row per submission, at most row_limit; lead_id is its first lead, null where all that
--   there is of it is an organization
-- params: kind text (lost_step, unanalyzed or without_lead), row_limit integer
-- from: funnel/losses/losses, model/lead_facts, model/organization_facts
select
    case when not f.is_organization then cast(f.submission_id as text) end as lead_id,
    case when f.is_organization then cast(f.submission_id as text) end as organization_id,
    f.begun_at,
    coalesce(l.website_url, o.website_url) as website_url,
    coalesce(l.business_name, o.name) as name
from losses as f
left join lead_facts as l on f.submission_id = l.id and not f.is_organization
left join organization_facts as o on f.submission_id = o.id and f.is_organization
where
    case cast(:kind as text)
        when 'lost_step' then f.lost_step
        when 'unanalyzed' then f.unanalyzed
        when 'without_lead' then f.without_lead
    end
order by f.begun_at desc nulls last, f.submission_id asc
limit cast(:row_limit as bigint)
