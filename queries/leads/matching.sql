-- Leads of a range that match the filters of the Leads page.
-- grain: one row per lead
-- params: property_filter jsonb (the values asked for, per property: {"status": ["new"]}),
--   has_session boolean, has_events boolean, search text (each null for any),
--   as_of timestamp (exclusive)
-- from: leads/in_range, model/event_facts
-- needs: conversion_tracking.website_lead_id, conversion_tracking.step_completed_at
select
    l.id,
    l.organization_id,
    l.session_id,
    l.website_url,
    l.business_name,
    l.created_at,
    l.dated_at,
    l.property_names,
    l.property_values
from in_range as l
where
    (
        cast(:property_filter as jsonb) is null
        or not exists (
            select 1
            from jsonb_each(cast(:property_filter as jsonb)) as f (property, allowed)
            where
                not f.allowed ? coalesce(
                    l.property_values[array_position(l.property_names, f.property)], '(none)'
                )
        )
    )
    and (
        cast(:has_session as boolean) is null
        or (l.session_id is not null) = cast(:has_session as boolean)
    )
    -- strpos takes the search text literally; like would read % and _ as patterns.
    and (
        cast(:search as text) is null
        or strpos(lower(l.business_name), lower(cast(:search as text))) > 0
        or strpos(lower(l.website_url), lower(cast(:search as text))) > 0
    )
    and (
        cast(:has_events as boolean) is null
        or exists (
            select 1
            from event_facts as e
            where
                e.website_lead_id = l.id
                and (
                    cast(:as_of as timestamp) is null
                    or e.step_completed_at < cast(:as_of as timestamp)
                )
        ) = cast(:has_events as boolean)
    )
