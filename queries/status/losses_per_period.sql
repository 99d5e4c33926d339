-- Units with a lost event, and the number of lost events, by the local day, week or month in which
-- the unit began. A lost event is a step that is proven but recorded nowhere.
-- grain: one row per period with such a unit
-- params: grain text (day, week or month), zone text
-- from: funnel/segmented, model/lead_facts
-- needs: website_leads.id, website_leads.created_at
select
    cast(
        date_trunc(
            cast(:grain as text),
            l.dated_at at time zone 'UTC' at time zone cast(:zone as text)
        ) as date
    ) as period,
    count(*) as units,
    cast(
        sum(length(replace(cast(cast(j.lost as bit(16)) as text), '0', ''))) as bigint
    ) as events,
    min(l.dated_at) as first_at,
    max(l.dated_at) as last_at
from segmented as j
inner join lead_facts as l on j.unit_id = l.id
where j.lost <> 0
group by period
order by period
