-- Notes, as the comment of the current database, since when its tracking is off. It stays when the
-- database is renamed, and goes with it.
-- grain: none
-- params: none
do $$
begin
    execute format(
        'comment on database %I is %L',
        current_database(),
        current_setting('demo.tracking_off_since')
    );
end
$$
