-- Makes whoever tops up the demo wait for another one; the lock ends with the transaction.
-- grain: one row
-- params: none
select pg_advisory_xact_lock(hashtext('demo top-up')) is null as waited
