-- Which units of a range the filters let through, and which part of the breakdown each is in. A
-- unit's property is that of the first lead of its entry, its first submission, that has a value;
-- its release is the last before it.
-- grain: one row per unit; position 0 to 9 for the ten values with most units, 10 Other (what is
--   called so among them, so that no two parts have one name), 11 (none)
-- params: properties text[] (those that are asked about; null: no segments at all),
--   breakdown text (one of them, or null), lead_sources text[], campaigns text[],
--   industries text[], statuses text[], release_values text[] (the values let through; null: all),
--   release_times timestamp[] (ascending), release_names text[] (one more: before the first, …),
--   start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: funnel/units, model/lead_facts
-- needs: website_leads.id, website_leads.created_at
with

leads as (
    select
        id,
        created_at,
        lead_source,
        campaign,
        industry,
        status
    from lead_facts
    where
        cast(:properties as text[]) is not null
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
),

owned as (
    select
        l.*,
        case when u.lead_id is null then l.id else u.unit_id end as unit_id,
        case
            when u.lead_id is not null then u.begun_at
            when isfinite(l.created_at) then l.created_at
        end as begun_at
    from leads as l
    left join units as u on l.id = u.lead_id
    where u.lead_id is null or u.unit_id is null or u.submission_id = u.unit_id
),

known as (
    select
        unit_id,
        min(begun_at) as begun_at,
        (array_agg(lead_source order by created_at, id) filter (
            where lead_source is not null and 'lead_source' = any(cast(:properties as text[]))
        ))[1] as lead_source,
        (array_agg(campaign order by created_at, id) filter (
            where campaign is not null and 'campaign' = any(cast(:properties as text[]))
        ))[1] as campaign,
        (array_agg(industry order by created_at, id) filter (
            where industry is not null and 'industry' = any(cast(:properties as text[]))
        ))[1] as industry,
        (array_agg(status order by created_at, id) filter (
            where status is not null and 'status' = any(cast(:properties as text[]))
        ))[1] as status
    from owned
    where
        unit_id is not null
        and (cast(:start_at as timestamp) is null or begun_at >= cast(:start_at as timestamp))
        and (cast(:end_at as timestamp) is null or begun_at < cast(:end_at as timestamp))
    group by unit_id
),

named as (
    select
        unit_id,
        coalesce(lead_source, '(none)') as lead_source,
        coalesce(campaign, '(none)') as campaign,
        coalesce(industry, '(none)') as industry,
        coalesce(status, '(none)') as status,
        coalesce(
            (cast(:release_names as text[]))[
                width_bucket(begun_at, cast(:release_times as timestamp[])) + 1
            ],
            '(none)'
        ) as release
    from known
),

let_through as (
    select
        unit_id,
        case cast(:breakdown as text)
            when 'lead_source' then lead_source
            when 'campaign' then campaign
            when 'industry' then industry
            when 'status' then status
            when 'release' then release
        end as value
    from named
    where
        (cast(:lead_sources as text[]) is null or lead_source = any(cast(:lead_sources as text[])))
        and (cast(:campaigns as text[]) is null or campaign = any(cast(:campaigns as text[])))
        and (cast(:industries as text[]) is null or industry = any(cast(:industries as text[])))
        and (cast(:statuses as text[]) is null or status = any(cast(:statuses as text[])))
        and (
            cast(:release_values as text[]) is null
            or release = any(cast(:release_values as text[]))
        )
),

ranked as (
    select
        value,
        row_number() over (
            order by value in ('(none)', 'Other') asc, count(*) desc, value asc
        ) as place
    from let_through
    where value is not null
    group by value
)

select
    u.unit_id,
    case
        when u.value is null then ''
        when u.value = '(none)' or r.place <= 10 then u.value
        else 'Other'
    end as value,
    cast(
        case
            when u.value is null then 0
            when u.value = '(none)' then 11
            when u.value = 'Other' then 10
            else least(r.place - 1, 10)
        end as integer
    ) as position
from let_through as u
left join ranked as r on u.value = r.value
