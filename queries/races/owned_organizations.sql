-- Organizations with an owner and a website. Under the exclusive form of the constraint, each of
-- them rejects every anonymous visitor of its website.
-- grain: one row
-- params: as_of timestamp (exclusive)
-- from: model/organization_facts
-- needs: organizations.website_url
select count(*) as owned
from organization_facts
where
    owner is not null
    and host is not null
    and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
