-- Session ids by lead source, step and write path. The path is that of the row's organization. It
-- is tracking if a lead with the same session id was created within 5 s of it. It is analysis if no
-- lead has its session id. Otherwise it is unknown.
-- grain: one row per (table, property, value), the most frequent values first, at most 100 each
-- params: as_of timestamp (exclusive)
-- from: coverage/marked_rows
-- needs: organizations.session_id, website_leads.session_id, website_leads.organization_id,
--   conversion_tracking.website_lead_id
with

leads as (
    select
        id,
        organization_id,
        session_id,
        created_at,
        coalesce(
            property_values[array_position(property_names, 'lead_source')], '(none)'
        ) as lead_source
    from lead_facts
    where cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp)
),

paths as (
    select
        o.id as organization_id,
        case
            when
                bool_or(
                    l.created_at between o.created_at - interval '5 seconds'
                    and o.created_at + interval '5 seconds'
                )
                then 'tracking'
            when o.session_id is not null and count(l.id) = 0 then 'analysis'
            else 'unknown'
        end as path
    from organization_facts as o
    left join leads as l on o.session_id = l.session_id
    group by o.id, o.session_id, o.created_at
),

parts as (
    select
        r.table_name,
        p.property,
        p.value,
        r.exempt,
        r.session_id
    from marked_rows as r
    left join leads as l on r.lead_id = l.id
    left join paths as w on coalesce(r.organization_id, l.organization_id) = w.organization_id
    cross join
        lateral (
            values
            ('step', r.step),
            (
                'lead_source',
                case
                    when r.table_name <> 'organizations' then coalesce(l.lead_source, '(none)')
                end
            ),
            ('path', coalesce(w.path, 'unknown'))
        ) as p (property, value)
    where p.value is not null
),

counted as (
    select
        table_name,
        property,
        value,
        count(*) as table_rows,
        count(*) filter (where exempt) as exempt,
        count(*) filter (where not exempt and session_id is not null) as with_session,
        row_number() over (
            partition by table_name, property
            order by count(*) desc, value asc
        ) as place
    from parts
    group by table_name, property, value
)

select
    table_name,
    property,
    value,
    table_rows,
    exempt,
    with_session
from counted
where place <= 100
order by table_name, property, place
