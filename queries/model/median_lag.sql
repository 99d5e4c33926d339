-- The median lag of a lead without session behind its partner, and the spread (MAD) of that lag,
-- from all websites with a single candidate pair. submissions.sql explains the words.
-- grain: one row
-- params: analysis_window interval (the longest an analysis takes), as_of timestamp (exclusive)
-- from: model/lead_facts
-- needs: website_leads.id, website_leads.organization_id, website_leads.session_id,
--   website_leads.website_url, website_leads.created_at
with

leads as (
    select
        id,
        session_id,
        created_at,
        website
    from lead_facts
    where
        is_dated
        and not is_visit
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
),

-- One row per submission with session, one per lead without.
points as (
    select
        website,
        session_id is not null as has_session,
        min(created_at) as created_at
    from leads
    group by website, session_id, case when session_id is null then id end
),

-- For each lead without session: the submissions up to its time + 5 s, and those too early for it.
marks as (
    select
        p.website,
        p.created_at,
        m.sign,
        m.at
    from points as p
    cross join
        lateral (
            values
            (0, case when p.has_session then p.created_at end),
            (1, case when not p.has_session then p.created_at + interval '5 seconds' end),
            (
                -1,
                case
                    when not p.has_session
                        then
                            p.created_at
                            - cast(:analysis_window as interval)
                            - interval '1 microsecond'
                end
            )
        ) as m (sign, at)
    where m.at is not null
),

counted as (
    select
        website,
        created_at,
        sign,
        sign * count(*) filter (where sign = 0) over so_far as candidates,
        max(at) filter (where sign = 0) over so_far as latest
    from marks
    window so_far as (partition by website order by at)
),

-- A website's only candidate pair: the latest submission that is not too early for the lead.
lags as materialized (
    select
        extract(
            epoch from max(created_at - latest) filter (
                where sign = 1 and created_at - latest <= cast(:analysis_window as interval)
            )
        ) * 1000000 as lag
    from counted
    group by website
    having sum(candidates) = 1
),

middle as materialized (
    select
        count(*) as pairs,
        round(percentile_cont(0.5) within group (order by cast(lag as double precision))) as lag
    from lags
)

select
    m.pairs,
    coalesce(m.lag * interval '1 microsecond', interval '45 seconds') as median_lag,
    coalesce(
        round(percentile_cont(0.5) within group (
            order by abs(cast(l.lag as double precision) - m.lag)
        )) * interval '1 microsecond',
        interval '0'
    ) as spread
from middle as m
left join lags as l on true
group by m.pairs, m.lag
