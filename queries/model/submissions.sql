-- Which submission each lead belongs to. Leads of one session and website are one; a lead without
-- session joins the one of its website whose lag is closest to the usual one, where each is the
-- other's best; in a crowd, where a second is almost as close, they pair in order of time.
-- grain: one row per lead of the websites looked at: those of lead_ids (null: all) and of the
--   leads created between matched_from and matched_until
-- params: lead_ids uuid[], matched_from timestamp (inclusive), matched_until timestamp (exclusive;
--   both null: none), analysis_window interval (the longest an analysis takes),
--   median_lag interval, margin interval (how much worse the second-best must be),
--   as_of timestamp (exclusive)
-- from: model/lead_facts
with

-- A column this database lacks is null there. Then no lead has a partner: whoever merges measures
-- median_lag.sql before, which needs them all.
every_lead as materialized (
    select
        id,
        organization_id,
        nullif(session_id, '') as session_id,
        case when isfinite(created_at) then created_at end as created_at,
        website
    from lead_facts
    where
        (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
        -- Nothing to look at is found out before any lead is read.
        and (
            cast(:lead_ids as uuid[]) is null
            or cardinality(cast(:lead_ids as uuid[])) > 0
            or cast(:matched_from as timestamp) is not null
        )
),

websites as materialized (
    select distinct website
    from every_lead
    where
        id = any(cast(:lead_ids as uuid[]))
        or (
            created_at >= cast(:matched_from as timestamp)
            and created_at < cast(:matched_until as timestamp)
        )
),

leads as (
    select every_lead.*
    from every_lead
    where cast(:lead_ids as uuid[]) is null or website in (select website from websites)
),

-- Rule 1; a lead without session is a group of its own.
grouped as materialized (
    select
        leads.*,
        case
            when session_id is null then id
            else first_value(id) over (
                partition by website, session_id
                order by created_at asc nulls last, id asc
            )
        end as group_id
    from leads
),

limits as materialized (
    select
        cast(:median_lag as interval) as median_lag,
        cast(:margin as interval) as margin,
        -- How far on the axis below a lead without session may be after its partner, and before.
        greatest(
            cast(:analysis_window as interval) - cast(:median_lag as interval), interval '0'
        ) as late,
        greatest(cast(:median_lag as interval) + interval '5 seconds', interval '0') as early
),

-- Rule 2 on one axis: where a lead without session is expected, and where one is. The distance of
-- two points is how far their lag is from the usual one.
points as (
    select
        g.id,
        g.website,
        g.session_id is not null as has_session,
        g.created_at,
        g.created_at
        + case when g.session_id is null then interval '0' else l.median_lag end as place
    from grouped as g
    cross join limits as l
    where g.id = g.group_id and g.created_at is not null
),

beside as (
    select
        points.*,
        lag(place) over same as place_before,
        lead(place) over same as place_after
    from points
    window same as (partition by website, has_session order by place, id)
),

-- The two nearest points of the other kind on either side: places rise, so the greatest of what
-- comes before is the nearest, and the greatest of what that has before itself is the second.
nearest as (
    select
        id,
        website,
        has_session,
        created_at,
        place,
        case
            when has_session then max(place) filter (where not has_session) over earlier
            else max(place) filter (where has_session) over earlier
        end as before_1,
        case
            when has_session then max(place_before) filter (where not has_session) over earlier
            else max(place_before) filter (where has_session) over earlier
        end as before_2,
        case
            when has_session then min(place) filter (where not has_session) over later
            else min(place) filter (where has_session) over later
        end as after_1,
        case
            when has_session then min(place_after) filter (where not has_session) over later
            else min(place_after) filter (where has_session) over later
        end as after_2
    from beside
    window
        earlier as (
            partition by website order by place asc, id asc
            rows between unbounded preceding and 1 preceding
        ),
        later as (
            partition by website order by place desc, id desc
            rows between unbounded preceding and 1 preceding
        )
),

candidates as (
    select
        n.id,
        n.website,
        n.has_session,
        n.created_at,
        n.place,
        case
            when n.place - n.before_1 <= case when n.has_session then l.early else l.late end
                then n.place - n.before_1
        end as before_1,
        case
            when n.place - n.before_2 <= case when n.has_session then l.early else l.late end
                then n.place - n.before_2
        end as before_2,
        case
            when n.after_1 - n.place <= case when n.has_session then l.late else l.early end
                then n.after_1 - n.place
        end as after_1,
        case
            when n.after_2 - n.place <= case when n.has_session then l.late else l.early end
                then n.after_2 - n.place
        end as after_2
    from nearest as n
    cross join limits as l
),

judged as materialized (
    select
        c.id,
        c.website,
        c.has_session,
        c.created_at,
        c.place,
        case
            when c.after_1 is null or c.before_1 <= c.after_1 then c.place - c.before_1
            else c.place + c.after_1
        end as best_place,
        coalesce(
            least(
                case
                    when c.before_1 is not null and c.after_1 is not null
                        then greatest(c.before_1, c.after_1)
                end,
                c.before_2,
                c.after_2
            ) < least(c.before_1, c.after_1) + l.margin,
            false
        ) as torn
    from candidates as c
    cross join limits as l
    where c.before_1 is not null or c.after_1 is not null
),

mutual as (
    select
        n.id as lead_id,
        s.id as partner_id
    from judged as n
    inner join judged as s
        on
            n.website = s.website
            and n.best_place = s.place
            and n.place = s.best_place
    where not n.has_session and s.has_session and not n.torn and not s.torn
),

-- In a crowd: torn between two, or drawn to one who is.
crowded as (
    select
        id,
        website,
        has_session,
        place
    from judged
    where torn
    union
    select
        j.id,
        j.website,
        j.has_session,
        j.place
    from judged as j
    inner join judged as best
        on
            j.website = best.website
            and j.best_place = best.place
            and j.has_session <> best.has_session
    where best.torn
),

gaps as (
    select
        crowded.*,
        crowded.place - lag(crowded.place) over (
            partition by website
            order by place, id
        ) > l.late + l.early as apart
    from crowded
    cross join limits as l
),

crowds as (
    select
        gaps.*,
        count(*) filter (where apart) over (partition by website order by place, id) as crowd
    from gaps
),

-- Pairing in order of time: who is fewer takes, one after another, the next of the others that
-- is not too early. Beside each point stand the places before which and up to which its partner may
-- be, so that counting the others up to there is one sort.
marks as (
    select
        c.id,
        c.website,
        c.crowd,
        c.has_session,
        m.mark,
        m.place
    from crowds as c
    cross join limits as l
    cross join
        lateral (
            values
            ('point', c.place),
            (
                'too early',
                c.place - case when c.has_session then l.early else l.late end
                - interval '1 microsecond'
            ),
            ('last', c.place + case when c.has_session then l.late else l.early end)
        ) as m (mark, place)
),

passed as (
    select
        id,
        mark,
        count(*) filter (where mark = 'point' and has_session) over up_to as sessions,
        count(*) filter (where mark = 'point' and not has_session) over up_to as others
    from marks
    window up_to as (partition by website, crowd order by place)
),

ranked as (
    select
        c.id,
        c.website,
        c.crowd,
        c.has_session,
        row_number() over (
            partition by c.website, c.crowd, c.has_session
            order by c.place, c.id
        ) as number,
        count(*) filter (where c.has_session) over whole
        < count(*) filter (where not c.has_session) over whole as fewer_sessions,
        case when c.has_session then first.others else first.sessions end as too_early,
        case when c.has_session then last.others else last.sessions end as last_number
    from crowds as c
    inner join passed as first on c.id = first.id and first.mark = 'too early'
    inner join passed as last on c.id = last.id and last.mark = 'last'
    window whole as (partition by c.website, c.crowd)
),

taking as (
    select
        ranked.*,
        number + max(too_early + 1 - number) over (
            partition by website, crowd, has_session
            order by number
        ) as takes
    from ranked
),

in_order as (
    select
        case when a.has_session then b.id else a.id end as lead_id,
        case when a.has_session then a.id else b.id end as partner_id
    from taking as a
    inner join taking as b
        on
            a.website = b.website
            and a.crowd = b.crowd
            and a.takes = b.number
            and a.has_session <> b.has_session
    where a.has_session = a.fewer_sessions and a.takes <= a.last_number
),

joined as (
    select
        p.lead_id,
        p.partner_id,
        case
            when (n.created_at, n.id) < (s.created_at, s.id) then n.id
            else s.id
        end as submission_id,
        least(n.created_at, s.created_at) as begun_at
    from (
        select
            lead_id,
            partner_id
        from mutual
        union all
        select
            lead_id,
            partner_id
        from in_order
    ) as p
    inner join judged as n on p.lead_id = n.id
    inner join judged as s on p.partner_id = s.id
),

groups as (
    select
        lead_id as group_id,
        submission_id,
        begun_at
    from joined
    union all
    select
        partner_id as group_id,
        submission_id,
        begun_at
    from joined
)

select
    cast(g.id as text) as lead_id,
    cast(coalesce(j.submission_id, g.group_id) as text) as submission_id,
    coalesce(j.begun_at, first_lead.created_at) as begun_at,
    crowded.id is not null as ambiguous,
    g.session_id,
    cast(g.organization_id as text) as organization_id,
    g.created_at
from grouped as g
inner join grouped as first_lead on g.group_id = first_lead.id
left join groups as j on g.group_id = j.group_id
left join crowded on g.group_id = crowded.id
