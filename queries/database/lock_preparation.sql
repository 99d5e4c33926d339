-- Waits until no other process prepares the embedded databases.
-- grain: one row
-- params: none
select pg_advisory_lock(7346021)
