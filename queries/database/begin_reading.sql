-- Makes the settings of one read-only transaction; they are `local`, so that a pooler's next client
-- does not inherit them. `may_use` tells whether the role has USAGE on the schema (null: no such
-- schema). Without USAGE, PostgreSQL skips the schema as if the tables were not there.
-- grain: one row
-- params: schema text, timeout text
select
    set_config('search_path', quote_ident(:schema) || ', pg_temp', true) as search_path,
    set_config('statement_timeout', cast(:timeout as text), true) as statement_timeout,
    set_config('timezone', 'UTC', true) as timezone,
    (
        select has_schema_privilege(n.oid, 'usage')
        from pg_catalog.pg_namespace as n
        where n.nspname = :schema
    ) as may_use
