-- Lets the submitter write the sandbox's three tables.
-- grain: none
-- params: none
do $$
begin
    revoke connect, temporary on database sandbox from public;
    grant connect on database sandbox to reader, submitter;
    grant select, insert, update on organizations, website_leads, conversion_tracking to submitter;
end
$$
