-- Units with an event of any planned step, by the local day on which the unit began.
-- grain: one row per day with such a unit
-- params: zone text
-- from: funnel/segmented, model/lead_facts
-- needs: website_leads.id, website_leads.created_at
select
    cast(l.dated_at at time zone 'UTC' at time zone cast(:zone as text) as date) as day,
    count(*) as units
from segmented as j
inner join lead_facts as l on j.unit_id = l.id
where j.has <> 0 and l.is_dated
group by day
order by day
