-- Makes whoever creates the tables wait for another one; the lock ends with the transaction.
-- grain: one row
-- params: none
select pg_advisory_xact_lock(7346022) is null as waited
