-- Makes whoever submits the same wait; the lock ends with the transaction.
-- grain: one row
-- params: submission text
select pg_advisory_xact_lock(hashtextextended(:submission, 0)) is null as waited
