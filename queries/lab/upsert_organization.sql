-- The organization of a website, made where there is none, in one statement. The session of its
-- first visitor stays, and beside an owner there is none.
-- grain: one row
-- params: id uuid, name text (null: not analyzed), placeholder text, slug text, session_id text,
--   website_url text
insert into organizations as stored (id, name, slug, session_id, website_url)
values (
    :id,
    coalesce(cast(:name as text), cast(:placeholder as text)),
    :slug,
    :session_id,
    :website_url
)
on conflict (website_url) where website_url is not null
do update
    set
        name = coalesce(cast(:name as text), stored.name),
        session_id = case
            when stored.user_id is null then coalesce(stored.session_id, excluded.session_id)
        end,
        updated_at = now() at time zone 'utc'
returning id
