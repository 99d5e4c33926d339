-- Whether nobody uses a schema; nobody can begin to before the transaction ends.
-- grain: one row
-- params: schema text
select pg_try_advisory_xact_lock(hashtextextended(:schema, 0)) as free
