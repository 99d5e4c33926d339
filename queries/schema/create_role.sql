-- Creates the login role named by schema/role_to_create, or sets its password again.
-- grain: none
-- params: none
do $$
begin
    if not exists (
        select from pg_catalog.pg_roles where rolname = current_setting('preparation.role')
    ) then
        execute format('create role %I login', current_setting('preparation.role'));
    end if;
    execute format(
        'alter role %I password %L',
        current_setting('preparation.role'),
        current_setting('preparation.password')
    );
end
$$
