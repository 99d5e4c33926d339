-- Merges ownerless organizations of one website. One organization stays: a named one before others,
-- then the one with the most leads, then the oldest. The leads of the others move to it. The others
-- are deleted with their other values. Organizations with an owner or without a website are not
-- touched. Both tables are locked against writes meanwhile. The script stops before any change if a
-- foreign key of another table would delete or detach its rows. Move those rows first. The script
-- does not see rows that name an organization without a foreign key. Many businesses may share a
-- host, such as facebook.com. Check those before you merge.
-- grain: none
-- params: none
begin;

lock table organizations, website_leads in share row exclusive mode;

do $$
begin
    if exists (
        select 1
        from pg_constraint
        where
            contype = 'f'
            and confrelid = cast('organizations' as regclass)
            and conrelid <> cast('website_leads' as regclass)
            and confdeltype in ('c', 'n', 'd')
    ) then
        raise exception 'Rows of another table would be deleted or cut loose: move them first';
    end if;
end
$$;

create temporary table merged_organizations on commit drop as
select
    ranked.id,
    ranked.kept_id
from (
    select
        o.id,
        first_value(o.id) over (
            partition by website_host(o.website_url)
            order by
                business_is_named(o.name) desc,
                coalesce(l.leads, 0) desc,
                o.created_at,
                o.id asc
        ) as kept_id
    from organizations as o
    left join (
        select
            organization_id,
            count(*) as leads
        from website_leads
        group by organization_id
    ) as l on o.id = l.organization_id
    where o.user_id is null and website_host(o.website_url) is not null
) as ranked
where ranked.id <> ranked.kept_id;

update website_leads
set organization_id = m.kept_id
from merged_organizations as m
where website_leads.organization_id = m.id;

delete from organizations
using merged_organizations as m
where organizations.id = m.id;

commit;
