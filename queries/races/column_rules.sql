-- Foreign keys between the three tables, and the type of the IP address column, if there is one.
-- grain: one row
-- params: none
select
    bool_or(
        k.contype = 'f' and c.relname = 'website_leads' and f.relname = 'organizations'
    ) as leads_have_organization,
    bool_or(
        k.contype = 'f' and c.relname = 'conversion_tracking' and f.relname = 'website_leads'
    ) as events_have_lead,
    (
        select pg_catalog.format_type(a.atttypid, null)
        from pg_catalog.pg_attribute as a
        inner join pg_catalog.pg_class as l on a.attrelid = l.oid
        inner join pg_catalog.pg_namespace as s on l.relnamespace = s.oid
        where
            s.nspname = current_schema()
            and l.relname = 'website_leads'
            and a.attname = 'ip_address'
            and not a.attisdropped
    ) as ip_type
from pg_catalog.pg_class as c
inner join pg_catalog.pg_namespace as n on c.relnamespace = n.oid
left join pg_catalog.pg_constraint as k on c.oid = k.conrelid
left join pg_catalog.pg_class as f on k.confrelid = f.oid
where
    n.nspname = current_schema()
    and c.relname in ('organizations', 'website_leads', 'conversion_tracking')
