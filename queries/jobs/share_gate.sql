-- Waits while the gate of a kind of jobs is closed, and keeps it open until the transaction ends.
-- grain: one row
-- params: kind text
select pg_advisory_xact_lock_shared(hashtextextended(:kind, 7346023)) is null as waited
