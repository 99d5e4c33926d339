-- Where no unique key can be added: one writer per website at a time. It helps only if every writer
-- takes the lock, at READ COMMITTED, and looks in a statement of its own after it: a look in the
-- same statement, or at REPEATABLE READ, sees the state before the wait. The lock ends with the
-- transaction; it works through a transaction pooler. The lead is written in the same way.
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
