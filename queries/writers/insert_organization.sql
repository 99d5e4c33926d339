-- Creates an organization for a website that has none; since fix #3 with the visitor's session.
-- grain: none
-- params: id uuid, name text, slug text, session_id text (null: none sent), website_url text
insert into organizations (id, name, slug, session_id, website_url)
values (:id, :name, :slug, :session_id, :website_url)
