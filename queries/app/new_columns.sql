-- Adds what the records of an earlier version lack; where nothing is missing, no lock is taken.
-- grain: none
-- params: none
do $$
begin
    if not exists (
        select 1
        from information_schema.columns
        where table_schema = current_schema() and table_name = 'calls' and column_name = 'retries'
    ) then
        alter table jobs add column if not exists release text not null default '2493f44';
        alter table jobs add column if not exists visitor_kind text not null default 'anonymous';
        alter table jobs add column if not exists same_moment boolean not null default false;
        alter table jobs add column if not exists together int not null default 1;
        alter table jobs add column if not exists group_id uuid;
        create index if not exists jobs_group_idx on jobs (group_id);
        alter table calls add column if not exists retries int not null default 0;
    end if;
end
$$
