-- For databases without unique keys or locks: every writer has to run at SERIALIZABLE, without
-- exception. Repeat the whole transaction on 40001, 40P01, 23505 and XX000, and on no other error.
-- XX000 is an update that meets another one whose rollback has not ended. Before the n-th attempt,
-- wait for a random time up to 2^n times 20 ms. After ten attempts, report the failure. Without a
-- key or SERIALIZABLE, duplicates raise no error, so a retry does not help.
-- grain: none
-- params: business_name text, session_id text, website_url text
begin;
set local transaction_isolation = 'serializable';

insert into organizations (name, session_id, website_url) -- noqa: RF04
select
    cast(:business_name as text) as business_name,
    cast(:session_id as text) as session_id,
    cast(:website_url as text) as website_url
where not exists (
    select 1
    from organizations
    where website_host(website_url) = website_host(:website_url)
);

commit;
