-- For databases without unique keys: a lock lets one writer per website in at a time. Every writer
-- has to take the lock, at READ COMMITTED. The look-up must be a separate statement after the lock.
-- A look-up in the same statement, or at REPEATABLE READ, sees the state before the wait. The lock
-- ends with the transaction and works through a transaction pooler. Write the lead in the same way.
-- grain: none
-- params: business_name text, session_id text, website_url text
begin;

select pg_advisory_xact_lock(hashtextextended(website_host(:website_url), 0));

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
