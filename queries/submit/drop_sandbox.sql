-- Drops the sandbox and ends the sessions on it. Pools connect anew.
-- grain: none
-- params: none
drop database if exists sandbox with (force)
