-- How long each unit took from one required step to a later one, or was seen not to arrive there.
-- Age runs from the earlier step; negative ages are 0. A unit in progress has its age at the clock.
-- What a closed window leaves open is never reached: its age is infinite, and it was seen for good.
-- grain: one row per unit and pair of steps, where it reached the earlier one; half: 0. With halves
--   once more, half 1 for the older half of a pair's units by entry and 2 for the newer
-- params: from_steps integer[], to_steps integer[] (pairs of required steps, by their numbers),
--   apart integer[] (the positions that stay apart; the others are one, Other; null: all do),
--   grain text (day, week or month; null: no cohorts), zone text, halves boolean,
--   clock timestamp
-- from: funnel/segmented, model/lead_facts
-- needs: website_leads.id, website_leads.created_at
with

reached as (
    select
        cast(p.pair as integer) as pair,
        case when a.is_apart then j.position else 10 end as position,
        case when a.is_apart then j.value else 'Other' end as value,
        j.unit_id,
        j.is_closed,
        j.has & (1 << (p.from_step - 1)) <> 0 as has_event,
        j.reach >= p.to_step as is_converted,
        j.times[p.from_step] as entered_at,
        j.times[p.to_step] as converted_at,
        cast(
            date_trunc(
                cast(:grain as text),
                (l.dated_at at time zone 'UTC') at time zone cast(:zone as text)
            ) as date
        ) as cohort
    from segmented as j
    cross join
        unnest(cast(:from_steps as integer[]), cast(:to_steps as integer[]))
        with ordinality as p (from_step, to_step, pair)
    cross join
        lateral (
            select coalesce(j.position = any(cast(:apart as integer[])), true) as is_apart
        ) as a
    left join lead_facts as l on j.unit_id = l.id and cast(:grain as text) is not null
    where j.reach >= p.from_step
),

-- Where no halves are asked for, the second part is never sorted.
halved as (
    select
        a.*,
        0 as half
    from reached as a
    union all
    select
        a.*,
        ntile(2) over (partition by a.pair order by a.entered_at, a.unit_id) as half
    from reached as a
    where cast(:halves as boolean)
)

select
    unit_id,
    pair,
    position,
    value,
    cohort,
    half,
    is_closed,
    has_event,
    is_converted,
    case
        when is_closed then cast('infinity' as double precision)
        else cast(extract(epoch from cast(:clock as timestamp) - entered_at) as double precision)
    end as seen,
    case
        when is_closed and not is_converted then cast('infinity' as double precision)
        else
            greatest(
                cast(
                    extract(
                        epoch from
                        case when is_converted then converted_at else cast(:clock as timestamp) end
                        - entered_at
                    ) as double precision
                ),
                0
            )
    end as age
from halved
