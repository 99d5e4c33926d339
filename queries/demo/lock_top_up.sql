-- Lets only one process top up the demo at a time; the lock ends with the transaction.
-- grain: one row
-- params: none
select pg_advisory_xact_lock(hashtext('demo top-up')) is null as waited
