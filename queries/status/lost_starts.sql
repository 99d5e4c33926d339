-- Leads of a range with a later step whose first step is recorded nowhere: not on the lead, nor on
-- any lead or event of the same session, nor on a lead of the same website or organization.
-- A lower bound of loss.
-- grain: one row
-- params: start_step text, proof_step text, start_at timestamp (inclusive),
--   end_at timestamp (exclusive), as_of timestamp (exclusive)
-- needs: conversion_tracking.website_lead_id, conversion_tracking.conversion_step,
--   conversion_tracking.step_completed_at, conversion_tracking.session_id, website_leads.id,
--   website_leads.organization_id, website_leads.session_id, website_leads.website_url,
--   website_leads.created_at
with

events as materialized (
    select
        l.id as lead_id,
        l.organization_id,
        l.created_at,
        e.conversion_step as step,
        coalesce(e.session_id, l.session_id) as session_id,
        nullif(
            regexp_replace(
                lower(btrim(l.website_url)),
                '^([a-z][a-z0-9+.-]*://)?(www\.)?([^/?#:]*).*$', '\3'
            ),
            ''
        ) as host
    from conversion_tracking as e
    -- A start without lead is still a start of its session.
    left join website_leads as l on e.website_lead_id = l.id
    where
        e.conversion_step in (:start_step, :proof_step)
        and (cast(:as_of as timestamp) is null or e.step_completed_at < cast(:as_of as timestamp))
),

starts as materialized (
    select
        lead_id,
        organization_id,
        session_id,
        host
    from events
    where step = :start_step
),

-- Joins, not `in (select …)`: a hashed subplan larger than work_mem is never built.
proofs as (
    select
        e.lead_id,
        bool_or(
            by_lead.lead_id is not null or by_session.session_id is not null
            or by_host.host is not null or by_organization.organization_id is not null
        ) as has_start
    from events as e
    left join (select distinct lead_id from starts) as by_lead on e.lead_id = by_lead.lead_id
    left join (select distinct session_id from starts) as by_session
        on e.session_id = by_session.session_id
    left join (select distinct organization_id from starts) as by_organization
        on e.organization_id = by_organization.organization_id
    left join (select distinct host from starts) as by_host on e.host = by_host.host
    where
        e.step = :proof_step
        and e.lead_id is not null
        and (cast(:start_at as timestamp) is null or e.created_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or e.created_at < cast(:end_at as timestamp))
        and (cast(:as_of as timestamp) is null or e.created_at < cast(:as_of as timestamp))
    group by e.lead_id
)

select
    count(*) as with_proof,
    count(*) filter (where not has_start) as start_lost
from proofs
