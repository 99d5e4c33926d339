-- The newest tracking events of a range, with the website of the lead each belongs to.
-- grain: one row per event, at most five
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: conversion_tracking.id, conversion_tracking.website_lead_id,
--   conversion_tracking.conversion_step, conversion_tracking.step_completed_at,
--   conversion_tracking.session_id, website_leads.id, website_leads.website_url
with

newest as (
    select
        id,
        website_lead_id,
        conversion_step,
        step_completed_at,
        session_id
    from conversion_tracking
    where
        (cast(:start_at as timestamp) is null or step_completed_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or step_completed_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
    order by step_completed_at desc nulls last, id desc
    limit 5
)

select
    n.conversion_step as step,
    case when isfinite(n.step_completed_at) then n.step_completed_at end as at,
    n.session_id,
    l.website_url
from newest as n
left join website_leads as l on n.website_lead_id = l.id
order by n.step_completed_at desc nulls last, n.id desc
