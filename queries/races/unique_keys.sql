-- Unique indexes in force on the three tables, with their key columns and predicate (empty: all
-- rows).
-- grain: one row per index
-- params: none
select
    c.relname as table_name,
    x.relname as name,
    i.indisprimary as is_primary,
    array(
        select pg_catalog.pg_get_indexdef(i.indexrelid, cast(k as integer), true)
        from generate_series(1, i.indnkeyatts) as k
        order by k
    ) as keys,
    coalesce(pg_catalog.pg_get_expr(i.indpred, i.indrelid, true), '') as predicate
from pg_catalog.pg_index as i
inner join pg_catalog.pg_class as c on i.indrelid = c.oid
inner join pg_catalog.pg_class as x on i.indexrelid = x.oid
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
where
    n.nspname = current_schema()
    and c.relname in ('organizations', 'website_leads', 'conversion_tracking')
    and i.indisunique
    and i.indisvalid
    and i.indisready
order by c.relname asc, i.indisprimary desc, x.relname asc
