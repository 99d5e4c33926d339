-- Names the schema that lab/create_schema and lab/drop_schema of this session are about.
-- grain: one row
-- params: schema text
select set_config('lab.schema', :schema, false) as schema_name
