-- Lets no submission begin before the transaction ends.
-- grain: one row
-- params: none
select pg_advisory_xact_lock(7346023) is null as waited
