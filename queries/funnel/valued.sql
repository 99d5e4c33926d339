-- Which value each unit of a range has of each property asked about: that of the first lead of its
-- entry, its first submission, that has one; of a release the last before it. "(none)" is no value.
-- grain: one row per unit and property
-- params: properties text[] (those that are asked about; null: none at all),
--   release_times timestamp[] (ascending), release_names text[] (one more: before the first, …),
--   start_at timestamp (inclusive), end_at timestamp (exclusive), as_of timestamp (exclusive)
-- from: funnel/units, model/lead_facts
-- needs: website_leads.id, website_leads.created_at
with

leads as (
    select
        id,
        created_at,
        dated_at,
        property_names,
        property_values
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
            else l.dated_at
        end as begun_at
    from leads as l
    left join units as u on l.id = u.lead_id
    where u.lead_id is null or u.unit_id is null or u.submission_id = u.unit_id
)

select
    o.unit_id,
    p.property,
    coalesce(
        (array_agg(v.value order by o.created_at, o.id) filter (where v.value is not null))[1],
        '(none)'
    ) as value
from owned as o
cross join unnest(cast(:properties as text[])) as p (property)
cross join
    lateral (
        select
            case p.property
                when 'release'
                    then
                        (cast(:release_names as text[]))[
                            width_bucket(o.begun_at, cast(:release_times as timestamp[])) + 1
                        ]
                else o.property_values[array_position(o.property_names, p.property)]
            end as value
    ) as v
where
    o.unit_id is not null
    and (cast(:start_at as timestamp) is null or o.begun_at >= cast(:start_at as timestamp))
    and (cast(:end_at as timestamp) is null or o.begun_at < cast(:end_at as timestamp))
group by o.unit_id, p.property
