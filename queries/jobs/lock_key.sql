-- Makes whoever asks for the same job wait; the lock ends with the transaction.
-- grain: one row
-- params: key text
select pg_advisory_xact_lock(hashtextextended(:key, 0)) is null as waited
