-- The newest tracking events of a range, each with the website of its lead.
-- grain: one row per event, at most five
-- params: start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: model/lead_facts, model/event_facts
-- needs: conversion_tracking.conversion_step
with

newest as (
    select
        id,
        website_lead_id,
        conversion_step,
        step_completed_at,
        dated_at,
        stored_session_id
    from event_facts
    where
        (cast(:start_at as timestamp) is null or step_completed_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or step_completed_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or step_completed_at < cast(:as_of as timestamp))
    order by step_completed_at desc nulls last, id desc
    limit 5
)

select
    n.conversion_step as step,
    n.dated_at as at,
    n.stored_session_id as session_id,
    l.website_url
from newest as n
left join lead_facts as l on n.website_lead_id = l.id
order by n.step_completed_at desc nulls last, n.id desc
