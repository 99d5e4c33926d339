-- Organizations that have an owner and a website: in the exclusive form of the constraint each of
-- them rejects every anonymous visitor of its website.
-- grain: one row
-- params: as_of timestamp (exclusive)
-- needs: organizations.created_at
select count(*) as owned
-- A column this database lacks resolves to the one beside the subquery: null, not an error.
from (
    values (cast(null as text), cast(null as text), cast(null as text))
) as absent (website_url, user_id, owner_user_id)
cross join
    lateral (
        select
            website_url,
            created_at,
            coalesce(cast(owner_user_id as text), cast(user_id as text)) as owner
        from organizations
    ) as o
where
    o.owner is not null
    and btrim(o.website_url) <> ''
    and (cast(:as_of as timestamp) is null or o.created_at < cast(:as_of as timestamp))
