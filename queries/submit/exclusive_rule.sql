-- Gives the sandbox the rule as it is deployed: an owner or a session id, never both. Rows that
-- were there before are left as they are.
-- grain: none
-- params: none
alter table organizations
drop constraint chk_organizations_user_or_session,
add constraint chk_organizations_user_or_session
check ((user_id is null) <> (session_id is null)) not valid
