-- Every tracking event with the facts of its row. A column that this database lacks is null.
--   conversion_step: without the blanks that a column of fixed length adds.
--   session_id: null where it is empty; stored_session_id is as stored, for look-ups by the index.
--   step_completed_at: as stored, for ranges.
--   dated_at: null where the time is infinite; then is_dated is false.
--   website_lead_id: as stored, even without such a lead; event_leads.sql tells whether it exists.
-- grain: one row per event
-- params: none
-- calls: model/dated
-- needs: conversion_tracking.step_completed_at
select
    e.id,
    e.website_lead_id,
    e.owner,
    nullif(e.session_id, '') as session_id,
    e.session_id as stored_session_id,
    e.conversion_step,
    e.step_completed_at,
    t.dated_at,
    t.is_dated
-- If the table lacks a column, its name resolves to the null beside the subquery: no error.
from (
    values (
        cast(null as uuid), cast(null as uuid), cast(null as text), cast(null as text),
        cast(null as text), cast(null as text)
    )
) as absent (id, website_lead_id, session_id, conversion_step, user_id, owner_user_id)
cross join
    lateral (
        select
            id,
            website_lead_id,
            coalesce(cast(owner_user_id as text), cast(user_id as text)) as owner,
            cast(session_id as text) as session_id,
            cast(conversion_step as text) as conversion_step,
            cast(step_completed_at as timestamp) as step_completed_at
        from conversion_tracking
    ) as e
cross join
    lateral (
        select
            d.dated_at,
            d.is_dated
        from dated(e.step_completed_at) as d
    ) as t
