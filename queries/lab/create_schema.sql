-- Creates the schema named by lab/session_schema.
-- grain: none
-- params: none
do $$
begin
    execute format('create schema %I', current_setting('lab.schema'));
end
$$
