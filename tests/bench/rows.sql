-- Rows of the deployed kind: a placeholder with session and steps, an analyzed lead without, both
-- with a capture; popular websites with ambiguous leads, repeats, steps taken by ever fewer.
create temp table submitted as
select
    n,
    gen_random_uuid() as organization_id,
    gen_random_uuid() as placeholder_id,
    gen_random_uuid() as analyzed_id,
    timestamp '2026-01-26' + random() * interval '300 days' as at,
    case
        when n % 200 = 0 then 'popular-' || n % 7 || '.example'
        else 'site-' || n || '.example'
    end as host,
    'session_' || n as session_id,
    random() as luck,
    random() as lag
from generate_series(1, %(submissions)s) as n;

-- Every five-hundredth is followed within the minute by three more on its website.
insert into submitted
select
    n, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), at + random() * interval '1 minute',
    host, session_id || '-' || more, random(), random()
from submitted cross join generate_series(1, 3) as more where n % 500 = 0;

insert into organizations (id, name, slug, session_id, website_url, created_at)
select organization_id, host, session_id, session_id, 'https://' || host, at from submitted;

insert into website_leads
(id, organization_id, session_id, website_url, business_name, created_at, lead_source)
select placeholder_id, organization_id, session_id, 'https://' || host, 'Unknown Business', at,
    (array['direct', 'organic', 'paid', null])[1 + n % 4]
from submitted
union all
select analyzed_id, organization_id, null, 'https://www.' || host || '/', 'Business ' || n,
    at + interval '40 seconds' + lag * interval '20 seconds',
    (array['direct', 'organic', 'paid', null])[1 + n % 4]
from submitted where luck < 0.98;

insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at, session_id)
select placeholder_id, 'website_analysis', at, session_id from submitted
union all
select analyzed_id, 'website_analysis', at + interval '60 seconds', null
from submitted where luck < 0.98
union all
select s.placeholder_id, p.step, s.at + (p.number - 1) * interval '1 minute', s.session_id
from submitted as s
cross join unnest(
    array['analysis_started', 'analysis_completed', 'previews_viewed', 'audience_selected',
        'content_generated', 'project_saved', 'content_exported', 'registration', 'first_payment'],
    array[1, 0.95, 0.72, 0.53, 0.37, 0.2, 0.11, 0.05, 0.02]
) with ordinality as p (step, share, number)
where s.lag < p.share
-- Repeats, some of them before what they repeat; and steps that were lost.
union all
select s.placeholder_id, p.step, s.at + (p.number - 1) * interval '1 minute' - interval '90 seconds'
    + random() * interval '1 hour', s.session_id
from submitted as s
cross join unnest(array['previews_viewed', 'content_generated'], array[3, 5]) as p (step, number)
where s.luck < 0.04;

delete from conversion_tracking where conversion_step = 'analysis_started' and random() < 0.012;
