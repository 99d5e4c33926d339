-- Gives each of these websites an organization that has an owner.
-- grain: none
-- params: websites text[]
insert into organizations (id, name, slug, user_id, website_url)
select
    gen_random_uuid() as id,
    website_url as name,
    website_url as slug,
    gen_random_uuid() as user_id,
    website_url
from unnest(cast(:websites as text[])) as owned (website_url)
