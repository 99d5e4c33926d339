-- Waits until no reset is under way, and lets none begin before the transaction ends.
-- grain: one row
-- params: none
select pg_advisory_xact_lock_shared(7346023) is null as waited
