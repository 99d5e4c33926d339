-- Merges ownerless organizations of one website: the named one with most leads stays, then the
-- oldest; leads of the others move to it, and the others are deleted with all else that they hold.
-- Organizations with an owner and those without a website are not touched. Nobody can write both
-- tables meanwhile. It stops before it changes anything where a foreign key of another table would
-- delete or cut loose that table's rows: move those first. Rows that name an organization without a
-- foreign key are not seen. Many businesses may share a host (facebook.com): look at them before.
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
