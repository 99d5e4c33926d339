-- Leads of a range that match the filters of the Leads page.
-- grain: one row per lead
-- params: sources text[], campaigns text[], industries text[], statuses text[],
--   has_session boolean, has_events boolean, search text (each null for any),
--   as_of timestamp (exclusive)
-- from: leads/in_range
-- needs: conversion_tracking.website_lead_id, conversion_tracking.step_completed_at
select
    l.id,
    l.organization_id,
    l.session_id,
    l.website_url,
    l.business_name,
    l.created_at,
    l.lead_source,
    l.campaign,
    l.industry,
    l.status
from in_range as l
where
    (cast(:sources as text[]) is null or l.lead_source = any(cast(:sources as text[])))
    and (cast(:campaigns as text[]) is null or l.campaign = any(cast(:campaigns as text[])))
    and (cast(:industries as text[]) is null or l.industry = any(cast(:industries as text[])))
    and (cast(:statuses as text[]) is null or l.status = any(cast(:statuses as text[])))
    and (
        cast(:has_session as boolean) is null
        or (nullif(l.session_id, '') is not null) = cast(:has_session as boolean)
    )
    -- strpos, not like: what is searched for has no pattern characters.
    and (
        cast(:search as text) is null
        or strpos(lower(l.business_name), lower(cast(:search as text))) > 0
        or strpos(lower(l.website_url), lower(cast(:search as text))) > 0
    )
    and (
        cast(:has_events as boolean) is null
        or exists (
            select 1
            from conversion_tracking as e
            where
                e.website_lead_id = l.id
                and (
                    cast(:as_of as timestamp) is null
                    or e.step_completed_at < cast(:as_of as timestamp)
                )
        ) = cast(:has_events as boolean)
    )
