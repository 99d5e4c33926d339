-- The Lab's throw-away schemas, in use or of a dead run.
-- grain: one row per schema
-- params: none
select cast(nspname as text) as schema_name
from pg_catalog.pg_namespace
where nspname like 'run\_%'
order by nspname
