-- Every write path writes with this one statement. It finds or makes the organization and the
-- visitor's lead. It needs the unique keys, and every path must send the session id: a lead without
-- one is a new lead each time. The first session id stays. An owned organization is used unchanged,
-- so the exclusive constraint refuses nobody. Always write the organization before the lead. Two
-- writers in opposite order would deadlock (40P01).
-- grain: one row
-- params: business_name text, session_id text, website_url text
with

owned as (
    select id
    from organizations
    where user_id is not null and website_host(website_url) = website_host(:website_url)
    order by created_at, id
    limit 1
),

anonymous as (
    insert into organizations (name, session_id, website_url) -- noqa: RF04
    select
        cast(:business_name as text) as business_name,
        cast(:session_id as text) as session_id,
        cast(:website_url as text) as website_url
    where not exists (select 1 from owned)
    on conflict (website_host(website_url)) where user_id is null
    do update
        set
            name = case
                when business_is_named(organizations.name) then organizations.name
                else excluded.name
            end,
            session_id = coalesce(organizations.session_id, excluded.session_id)
    returning id
),

organization as (
    select id from owned
    union all
    select id from anonymous
)

insert into website_leads (organization_id, session_id, website_url, business_name)
select
    organization.id,
    cast(:session_id as text) as session_id,
    cast(:website_url as text) as website_url,
    cast(:business_name as text) as business_name
from organization
on conflict (session_id, website_host(website_url)) where session_id <> ''
do update
    set
        business_name = case
            when business_is_named(website_leads.business_name) then website_leads.business_name
            else excluded.business_name
        end
returning website_leads.id as lead_id, website_leads.organization_id
