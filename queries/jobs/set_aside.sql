-- Renames tables of records that can't be read, so that new ones take their place.
-- grain: none
-- params: none
do $$
declare
    each text;
begin
    for each in
        select table_name
        from information_schema.tables
        where
            table_schema = current_schema()
            and table_name in ('jobs', 'old_jobs', 'calls', 'lab_runs', 'lab_results')
    loop
        execute format(
            'alter table %I rename to %I',
            each,
            'set_aside_' || to_char(clock_timestamp(), 'YYYYMMDDHH24MISSMS') || '_' || each
        );
    end loop;
end
$$
