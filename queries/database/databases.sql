-- Databases of the embedded server.
-- grain: one row per database
-- params: none
select datname
from pg_catalog.pg_database
order by datname
