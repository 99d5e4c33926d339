-- Whether a validated foreign key guarantees that every lead an event names exists.
-- grain: one row
-- params: none
select
    exists(
        select 1
        from pg_catalog.pg_constraint as k
        inner join pg_catalog.pg_attribute as a
            on k.conrelid = a.attrelid and k.conkey = array[a.attnum]
        where
            k.conrelid = to_regclass('conversion_tracking')
            and k.confrelid = to_regclass('website_leads')
            and k.contype = 'f'
            and k.convalidated
            and a.attname = 'website_lead_id'
    ) as guaranteed
