-- Lets nobody but its reader into the demo, before it has its name; the submitter has no way in.
-- grain: none
-- params: none
do $$
begin
    revoke connect, temporary on database demo_unfinished from public;
    grant connect on database demo_unfinished to reader;
end
$$
