-- Ends the sessions on the demo: a database with sessions can't be copied. Pools connect anew.
-- grain: one row per session
-- params: none
select pg_terminate_backend(pid) as ended
from pg_catalog.pg_stat_activity
where datname = 'demo'
