-- Transactions and deadlocks that the server counted in this database, and since when.
-- grain: one row
-- params: none
select
    datname as name,
    xact_commit as commits,
    xact_rollback as rollbacks,
    deadlocks,
    stats_reset at time zone 'UTC' as counted_since
from pg_catalog.pg_stat_database
where datname = current_database()
