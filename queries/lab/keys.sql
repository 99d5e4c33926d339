-- The two unique keys that remedies rest on: one organization per website, one lead per visitor and
-- website. Rows without website or session stay outside: nobody can say that they are the same.
-- grain: none
-- params: none
create unique index organizations_website_key on organizations (website_url)
where website_url is not null;

create unique index website_leads_submission_key on website_leads (session_id, website_url)
where session_id is not null and website_url is not null;
