-- Columns of the three tables in a schema.
-- grain: one row per (table, column)
-- params: schema text
select
    c.relname as table_name,
    a.attname as column_name,
    a.attnotnull as never_null
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
inner join pg_catalog.pg_attribute as a on a.attrelid = c.oid
where
    n.nspname = :schema
    and c.relname in ('organizations', 'website_leads', 'conversion_tracking')
    and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and a.attnum > 0
    and not a.attisdropped
order by c.relname, a.attnum
