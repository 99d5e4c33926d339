-- Settings of one read-only transaction; `local`, so that a pooler's next client is not touched.
-- grain: one row
-- params: schema text, timeout text
select
    set_config('search_path', quote_ident(:schema) || ', pg_temp', true) as search_path,
    set_config('statement_timeout', cast(:timeout as text), true) as statement_timeout,
    set_config('timezone', 'UTC', true) as timezone
