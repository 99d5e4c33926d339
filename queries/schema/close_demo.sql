-- Lets nobody but its reader into the demo; the sandbox's writer has no way in.
-- grain: none
-- params: none
do $$
begin
    revoke connect, temporary on database demo from public;
    grant connect on database demo to reader;
end
$$
