-- Lets no job of a kind begin before the transaction ends.
-- grain: one row
-- params: kind text
select pg_advisory_xact_lock(hashtextextended(:kind, 7346023)) is null as waited
