-- Logs an event for a lead.
-- grain: none
-- params: id uuid, website_lead_id uuid, conversion_step text,
--   session_id text (null: the analysis path's), website_url text
insert into conversion_tracking (id, website_lead_id, conversion_step, session_id, step_data)
values (
    :id,
    :website_lead_id,
    :conversion_step,
    :session_id,
    jsonb_build_object('website_url', cast(:website_url as text))
)
