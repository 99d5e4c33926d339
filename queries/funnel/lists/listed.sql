-- The units behind one figure of one step, newest first: those that reached it, converted, dropped
-- off or are in progress; that had the time to convert and did not; or whose event of it is lost,
-- out of order, known from a lead only, or blocked by a lost one.
-- grain: one row per unit; total is how many there are, cut or not
-- params: step integer (its number), outcome text (count, converted, dropped_off, in_progress,
--   closed, not_in_time, lost_at_least, out_of_order, by_lead, with_event or blocked),
--   value_position integer (null: any part of the breakdown), places integer[],
--   row_limit bigint (null for all), within double precision (seconds: the age by which those who
--   are not in time had not converted)
-- from: funnel/segmented, model/lead_facts, funnel/conversion/entries
-- needs: website_leads.id, website_leads.created_at, website_leads.website_url,
--   website_leads.business_name
with

late as (
    select unit_id
    from entries
    where
        seen >= cast(:within as double precision)
        and (not is_converted or age > cast(:within as double precision))
),

standing as (
    select
        j.unit_id,
        j.times,
        j.reach,
        j.is_closed,
        j.value,
        t.unit_id is not null as is_late,
        a.bit,
        j.has & a.bit <> 0 as has_event,
        j.lost & a.bit <> 0 as is_lost,
        j.out_of_order & a.bit <> 0 as is_out_of_order,
        j.by_lead & a.bit <> 0 as is_by_lead,
        a.step <= j.required
        and a.step > j.reach + 1
        and j.has & a.bit <> 0
        and (j.lost >> j.reach) & 1 = 1 as is_behind_a_loss,
        case
            when a.step > j.required then j.fits & a.bit <> 0
            else a.step <= j.reach
        end as reached,
        case
            when a.step > j.required then j.reach > a.place or a.place = j.required
            else a.step < j.reach or a.step = j.required
        end as further
    from segmented as j
    -- As in funnel/segmented, a full join is never a nested loop.
    full join late as t on j.unit_id = t.unit_id
    cross join
        lateral (
            select
                cast(:step as integer) as step,
                1 << (cast(:step as integer) - 1) as bit,
                (cast(:places as integer[]))[cast(:step as integer)] as place
        ) as a
    where
        case
            when j.unit_id is null then false
            when cast(:value_position as integer) is null then true
            else j.position = cast(:value_position as integer)
        end
),

chosen as materialized (
    select
        unit_id,
        times,
        reach,
        value
    from standing
    where
        case cast(:outcome as text)
            when 'count' then reached
            when 'converted' then reached and further
            when 'closed' then reached and is_closed
            when 'dropped_off' then reached and not further and is_closed
            when 'in_progress' then reached and not further and not is_closed
            when 'not_in_time' then is_late
            when 'lost_at_least' then is_lost
            when 'out_of_order' then is_out_of_order
            when 'by_lead' then is_by_lead
            when 'with_event' then has_event
            when 'blocked' then is_behind_a_loss
        end
)

select
    cast(l.id as text) as lead_id,
    l.dated_at as created_at,
    l.business_name,
    l.website_url,
    c.value,
    c.reach,
    c.times[1] as first_at,
    c.times[c.reach] as last_at,
    count(*) over () as total
from chosen as c
inner join lead_facts as l on c.unit_id = l.id
order by l.created_at desc nulls last, l.id asc
limit cast(:row_limit as bigint)
