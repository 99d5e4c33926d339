-- Drops the schema named by lab/session_schema with all that is in it.
-- grain: none
-- params: none
do $$
begin
    execute format('drop schema if exists %I cascade', current_setting('lab.schema'));
end
$$
