-- Columns of the three tables in a schema, with their types; for a domain, also the type below it.
-- grain: one row per (table, column)
-- params: schema text
select
    c.relname as table_name,
    a.attname as column_name,
    pg_catalog.format_type(a.atttypid, a.atttypmod) as type_name,
    coalesce(b.typname, t.typname) as base_type,
    a.attnotnull as never_null,
    pg_catalog.has_column_privilege(c.oid, a.attnum, 'select') as readable,
    c.relkind in ('r', 'p') as shows_constraints
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
inner join pg_catalog.pg_attribute as a on a.attrelid = c.oid
inner join pg_catalog.pg_type as t on t.oid = a.atttypid
left join pg_catalog.pg_type as b on b.oid = t.typbasetype
where
    n.nspname = :schema
    and c.relname in ('organizations', 'website_leads', 'conversion_tracking')
    and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and a.attnum > 0
    and not a.attisdropped
order by c.relname, a.attnum
