-- Settings of one read-only transaction; `local`, so that a pooler's next client is not touched.
-- `may_use`: whether the role has USAGE on the schema (null: no such schema). Without it PostgreSQL
-- looks past the schema, as if the tables were not there.
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
