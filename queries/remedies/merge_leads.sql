-- Merges leads of one session id and website: the named one with most events stays, then the
-- oldest; events of the others move to it, and the others are deleted with all else that they hold,
-- such as a status. Leads without session id or website are not touched: nothing says that two of
-- them are one. It stops before it changes anything where a foreign key of another table would
-- delete or cut loose that table's rows: move those first.
-- grain: none
-- params: none
begin;

lock table website_leads, conversion_tracking in share row exclusive mode;

do $$
begin
    if exists (
        select 1
        from pg_constraint
        where
            contype = 'f'
            and confrelid = cast('website_leads' as regclass)
            and conrelid <> cast('conversion_tracking' as regclass)
            and confdeltype in ('c', 'n', 'd')
    ) then
        raise exception 'Rows of another table would be deleted or cut loose: move them first';
    end if;
end
$$;

create temporary table merged_leads on commit drop as
select
    ranked.id,
    ranked.kept_id
from (
    select
        l.id,
        first_value(l.id) over (
            partition by l.session_id, website_host(l.website_url)
            order by
                business_is_named(l.business_name) desc,
                coalesce(e.events, 0) desc,
                l.created_at,
                l.id asc
        ) as kept_id
    from website_leads as l
    left join (
        select
            website_lead_id,
            count(*) as events
        from conversion_tracking
        group by website_lead_id
    ) as e on l.id = e.website_lead_id
    where l.session_id <> '' and website_host(l.website_url) is not null
) as ranked
where ranked.id <> ranked.kept_id;

update conversion_tracking
set website_lead_id = m.kept_id
from merged_leads as m
where conversion_tracking.website_lead_id = m.id;

delete from website_leads
using merged_leads as m
where website_leads.id = m.id;

commit;
