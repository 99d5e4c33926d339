-- Creates the plain indexes that an application of this kind has on the three tables.
-- grain: none
-- params: none
create index organizations_created_at_idx on organizations (created_at);
create index organizations_session_id_idx on organizations (session_id);
create index website_leads_created_at_idx on website_leads (created_at);
create index website_leads_organization_id_idx on website_leads (organization_id);
create index website_leads_session_id_idx on website_leads (session_id);
create index conversion_tracking_website_lead_id_idx on conversion_tracking (website_lead_id);
create index conversion_tracking_step_completed_at_idx on conversion_tracking (step_completed_at);
create index conversion_tracking_session_id_idx on conversion_tracking (session_id);
