-- Merges leads of one session id and website. One lead stays: a named one before others, then the
-- one with the most events, then the oldest. The events of the others move to it. The others are
-- deleted with their other values, such as a status. Leads without a session id or website are not
-- touched, because nothing proves that two of them are the same. The script stops before any change
-- if a foreign key of another table would delete or detach its rows. Move those rows first.
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
