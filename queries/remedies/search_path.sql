-- The schema that the three tables are in.
-- grain: one row
-- params: schema text
select set_config('search_path', quote_ident(:schema) || ', public', false);
