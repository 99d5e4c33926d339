-- Units with a step that is proven and recorded nowhere, and how many such steps, by the local day,
-- week or month in which the unit began.
-- grain: one row per period with such a unit
-- params: grain text (day, week or month), zone text
-- from: funnel/segmented
-- needs: website_leads.id, website_leads.created_at
select
    cast(
        date_trunc(
            cast(:grain as text),
            case
                when isfinite(l.created_at) then cast(l.created_at as timestamp) at time zone 'UTC'
            end
            at time zone cast(:zone as text)
        ) as date
    ) as period,
    count(*) as units,
    cast(
        sum(length(replace(cast(cast(j.lost as bit(16)) as text), '0', ''))) as bigint
    ) as events,
    min(l.created_at) filter (where isfinite(l.created_at)) as first_at,
    max(l.created_at) filter (where isfinite(l.created_at)) as last_at
from segmented as j
inner join website_leads as l on j.unit_id = l.id
where j.lost <> 0
group by period
order by period
