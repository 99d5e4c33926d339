-- The outcome of a write strategy in its schema: duplicates, stored steps, and submissions saved
-- whole. The ids that the writers gave tell whose a row is.
-- grain: one row
-- params: lead_ids uuid[], lead_submissions integer[] (whose each of them is),
--   event_ids uuid[] (of planned events), event_submissions integer[] (whose each of them is),
--   planned_steps integer (of one submission), placeholder text (business of an unanalyzed lead)
-- needs: organizations.website_url, website_leads.id, website_leads.business_name,
--   conversion_tracking.id, conversion_tracking.conversion_step
with

websites as (
    select
        website_url,
        count(*) as organizations
    from organizations
    where website_url is not null
    group by website_url
),

extra_organizations as (
    select coalesce(sum(organizations - 1), 0) as duplicates
    from websites
),

leads_of_submissions as (
    select
        made.submission,
        count(*) as leads,
        bool_or(l.business_name <> cast(:placeholder as text)) as analyzed
    from
        unnest(
            cast(:lead_ids as uuid[]), cast(:lead_submissions as integer[])
        ) as made (id, submission)
    inner join website_leads as l on made.id = l.id
    group by made.submission
),

extra_leads as (
    select coalesce(sum(leads - 1), 0) as duplicates
    from leads_of_submissions
),

steps_of_submissions as (
    select
        made.submission,
        count(distinct e.conversion_step) as steps
    from
        unnest(
            cast(:event_ids as uuid[]), cast(:event_submissions as integer[])
        ) as made (id, submission)
    inner join conversion_tracking as e on made.id = e.id
    group by made.submission
),

all_steps as (
    select
        coalesce(sum(s.steps), 0) as stored,
        count(*) filter (
            where s.steps = cast(:planned_steps as integer) and l.analyzed
        ) as saved
    from steps_of_submissions as s
    left join leads_of_submissions as l on s.submission = l.submission
)

select
    cast(o.duplicates as bigint) as duplicate_organizations,
    cast(l.duplicates as bigint) as duplicate_leads,
    cast(s.stored as bigint) as stored_steps,
    s.saved
from extra_organizations as o
cross join extra_leads as l
cross join all_steps as s
