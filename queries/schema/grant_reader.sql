-- Lets only the reader read the three tables.
-- grain: none
-- params: none
do $$
begin
    revoke create on schema public from public;
    grant select on organizations, website_leads, conversion_tracking to reader;
end
$$
