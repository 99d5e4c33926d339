-- Drops the session constraint.
-- grain: none
-- params: none
alter table organizations drop constraint chk_organizations_user_or_session;
