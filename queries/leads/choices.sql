-- Values that the leads of a range have, for the filters to choose from.
-- grain: one row per (property, value), the most frequent first, at most 200
-- params: none
-- from: leads/in_range
select
    p.property,
    p.value,
    count(*) as leads
from in_range as l
cross join
    lateral (
        values
        ('sources', l.lead_source),
        ('campaigns', l.campaign),
        ('industries', l.industry),
        ('statuses', l.status)
    ) as p (property, value)
group by p.property, p.value
order by leads desc, p.property asc, p.value asc
limit 200
