-- Creates the organization of somebody who has an account.
-- grain: none
-- params: id uuid, name text, slug text, owner_id uuid, website_url text
insert into organizations (id, name, slug, user_id, website_url)
values (:id, :name, :slug, :owner_id, :website_url)
