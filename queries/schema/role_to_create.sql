-- Name and password of the role that schema/create_role creates next.
-- grain: one row
-- params: role text, password text
select
    set_config('preparation.role', :role, false) as role,
    set_config('preparation.password', :password, false) is not null as password_set
