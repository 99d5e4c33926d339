-- CHECK constraints on organizations, with the columns they use.
-- grain: one row per constraint
-- params: schema text
select
    k.conname as name,
    pg_catalog.pg_get_constraintdef(k.oid) as definition,
    array(
        select cast(a.attname as text)
        from pg_catalog.pg_attribute as a
        where a.attrelid = k.conrelid and a.attnum = any(k.conkey)
        order by a.attnum
    ) as columns,
    k.convalidated as validated
from pg_catalog.pg_constraint as k
inner join pg_catalog.pg_class as c on c.oid = k.conrelid
inner join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where
    n.nspname = :schema
    and c.relname = 'organizations'
    and k.contype = 'c'
order by k.conname
