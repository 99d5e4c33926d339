-- Where neither key nor lock can be added: every writer at SERIALIZABLE, all of them or it doesn't
-- hold. Repeat the whole transaction on 40001, 40P01, 23505 and XX000 (an update that meets one
-- whose rollback has not ended), on nothing else; wait before the n-th attempt for a random time up
-- to 2^n times 20 ms, and give up visibly after ten. Without key or SERIALIZABLE there is nothing
-- to repeat: duplicates raise no error.
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
