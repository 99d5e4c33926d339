-- Since when tracking is off in the current database, as demo/note_stop noted it; null: it is on.
-- grain: one row
-- params: none
select cast(shobj_description(oid, 'pg_database') as timestamp) as since
from pg_catalog.pg_database
where datname = current_database()
