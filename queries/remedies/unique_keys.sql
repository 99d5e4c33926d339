-- These keys turn silent duplicates into an error that a writer can handle. They can't be created
-- while there are duplicates, so merge first. Rows without a website, and leads without a session
-- id, never collide. On a busy database, write `create unique index concurrently`, one statement at
-- a time, outside of any transaction. From then on, the second of two racing writers gets 23505. It
-- must upsert or repeat.
-- grain: none
-- params: none
create unique index if not exists organizations_one_per_website
on organizations (website_host(website_url))
where user_id is null;

create unique index if not exists website_leads_one_per_visit
on website_leads (session_id, website_host(website_url))
where session_id <> '';
