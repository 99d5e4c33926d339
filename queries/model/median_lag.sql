-- The median lag of a lead without session behind its partner, and the spread (MAD) of that lag,
-- from all websites with a single candidate pair. Words as in submissions.sql.
-- grain: one row
-- params: analysis_window interval (the longest an analysis takes), as_of timestamp (exclusive)
-- from: model/lead_facts
-- needs: website_leads.id, website_leads.organization_id, website_leads.session_id,
--   website_leads.website_url, website_leads.created_at
with

leads as (
    select
        id,
        nullif(session_id, '') as session_id,
        created_at,
        website
    from lead_facts
    where
        isfinite(created_at)
        and (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
),

-- One row per submission with session, one per lead without.
points as materialized (
    select
        website,
        session_id is not null as has_session,
        min(created_at) as created_at
    from leads
    group by website, session_id, case when session_id is null then id end
),

-- A lead without session counts the submissions up to its own time + 5 s, and those too early.
marks as (
    select
        p.website,
        p.has_session,
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
        sign * count(*) filter (where sign = 0) over (
            partition by website
            order by at
        ) as candidates
    from marks
),

single as (
    select website
    from counted
    group by website
    having sum(candidates) = 1
),

lags as materialized (
    select extract(epoch from n.created_at - s.created_at) * 1000000 as lag
    from points as n
    inner join single on n.website = single.website
    inner join points as s
        on
            n.website = s.website
            and s.created_at >= n.created_at - cast(:analysis_window as interval)
            and s.created_at <= n.created_at + interval '5 seconds'
    where not n.has_session and s.has_session
),

usual as materialized (
    select
        count(*) as pairs,
        round(percentile_cont(0.5) within group (order by cast(lag as double precision))) as lag
    from lags
)

select
    u.pairs,
    coalesce(u.lag * interval '1 microsecond', interval '45 seconds') as median_lag,
    coalesce(
        round(percentile_cont(0.5) within group (
            order by abs(cast(l.lag as double precision) - u.lag)
        )) * interval '1 microsecond',
        interval '0'
    ) as spread
from usual as u
left join lags as l on true
group by u.pairs, u.lag
