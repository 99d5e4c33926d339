-- Marks a schema as in use until the session ends, however it ends.
-- grain: one row
-- params: schema text
select pg_advisory_lock(hashtextextended(:schema, 0)) is null as held
