-- Gives the session constraint its deployed form: exactly one of owner and session. Existing rows
-- are not checked.
-- grain: none
-- params: none
alter table organizations
drop constraint chk_organizations_user_or_session,
add constraint chk_organizations_user_or_session
check ((user_id is null) <> (session_id is null)) not valid
