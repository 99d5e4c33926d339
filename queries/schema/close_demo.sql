-- Lets only its reader connect to the unfinished demo; the submitter can't connect.
-- grain: none
-- params: none
do $$
begin
    revoke connect, temporary on database demo_unfinished from public;
    grant connect on database demo_unfinished to reader;
end
$$
