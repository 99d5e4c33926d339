-- Which submission each lead belongs to. Leads of one session and website are one submission. A
-- lead without session joins a lead of its website with a session, if each is the other's best
-- match. The best match has the lag closest to the median lag. A match is ambiguous if the
-- second-best is almost as good; ambiguous leads pair in order of time.
-- grain: one row per lead of the matched websites: those of lead_ids (null: all) and of the leads
--   created between matched_from and matched_until
-- params: lead_ids uuid[], matched_from timestamp (inclusive), matched_until timestamp (exclusive;
--   both null: none), analysis_window interval (the longest an analysis takes),
--   median_lag interval, margin interval (how much worse the second-best must be),
--   as_of timestamp (exclusive)
-- from: model/lead_facts
with

-- A column that this database lacks would be null here, and no lead would find a partner. That
-- can't happen, because median_lag.sql runs before and needs all these columns.
every_lead as materialized (
    select
        id,
        organization_id,
        session_id,
        dated_at as created_at,
        website
    from lead_facts
    where
        (cast(:as_of as timestamp) is null or created_at < cast(:as_of as timestamp))
        -- A visit is matched only where it is looked at by itself.
        and (not is_visit or id = any(cast(:lead_ids as uuid[])))
        -- Without anything to match, no lead is read.
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

-- A group has all leads of one session and website; a lead without session is a group of its own.
-- The first lead represents its group.
grouped as materialized (
    select
        leads.*,
        case when session_id is null then id else first_value(id) over grouping end as group_id,
        case when session_id is null then created_at else first_value(created_at) over grouping end
            as begun_at
    from leads
    window
        grouping as (
            partition by website, session_id order by created_at asc nulls last, id asc
        )
),

limits as materialized (
    select
        cast(:median_lag as interval) as median_lag,
        cast(:margin as interval) as margin,
        cast(:analysis_window as interval) as analysis_window,
        interval '5 seconds' as racing
),

-- The longest distances on the axis below: a lead without session after its partner, and before it.
reach as (
    select
        limits.*,
        greatest(analysis_window - median_lag, interval '0') as late,
        greatest(median_lag + racing, interval '0') as early
    from limits
),

-- All groups have a place on one time axis. A group with a session is placed where its lead without
-- session is expected. A lead without session is placed at its own time. So the distance of two
-- places is the difference between their lag and the median lag.
points as (
    select
        g.id,
        g.website,
        g.session_id is not null as has_session,
        g.created_at,
        case when g.session_id is null then g.created_at else g.created_at + r.median_lag end
            as place
    from grouped as g
    cross join reach as r
    where g.id = g.group_id and g.created_at is not null
),

neighbors as (
    select
        points.*,
        lag(place) over of_its_kind as place_before,
        lead(place) over of_its_kind as place_after
    from points
    window of_its_kind as (partition by website, has_session order by place, id)
),

-- The two nearest places of the other kind on either side. Places rise in the window. So the
-- greatest earlier place is the nearest, and the greatest of its predecessors is the second.
nearest as (
    select
        neighbors.*,
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
    from neighbors
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

-- The distances of the candidates; null where a place is out of reach.
candidates as (
    select
        n.id,
        n.website,
        n.has_session,
        n.created_at,
        n.place,
        r.margin,
        case
            when n.place - n.before_1 <= case when n.has_session then r.early else r.late end
                then n.place - n.before_1
        end as before_1,
        case
            when n.place - n.before_2 <= case when n.has_session then r.early else r.late end
                then n.place - n.before_2
        end as before_2,
        case
            when n.after_1 - n.place <= case when n.has_session then r.late else r.early end
                then n.after_1 - n.place
        end as after_1,
        case
            when n.after_2 - n.place <= case when n.has_session then r.late else r.early end
                then n.after_2 - n.place
        end as after_2
    from nearest as n
    cross join reach as r
),

-- A group's own place and its best match's: that of the group with session, and that of the other.
compared as (
    select
        c.id,
        c.website,
        c.has_session,
        c.created_at,
        c.place,
        case when c.has_session then c.place else b.place end as place_with,
        case when c.has_session then b.place else c.place end as place_without,
        -- The second-best is almost as good as the best.
        coalesce(
            least(
                case
                    when c.before_1 is not null and c.after_1 is not null
                        then greatest(c.before_1, c.after_1)
                end,
                c.before_2,
                c.after_2
            ) < least(c.before_1, c.after_1) + c.margin,
            false
        ) as has_rivals
    from candidates as c
    cross join
        lateral (
            select
                case
                    when c.after_1 is null or c.before_1 <= c.after_1 then c.place - c.before_1
                    else c.place + c.after_1
                end as place
        ) as b
    where c.before_1 is not null or c.after_1 is not null
),

judged as materialized (
    select
        compared.*,
        bool_or(has_rivals) over (partition by website) as is_contested
    from compared
),

-- A group is ambiguous if its own candidates are rivals, or if those of its best match are.
contested as materialized (
    select
        judged.*,
        has_rivals
        or coalesce(
            case
                when has_session
                    then
                        place_without in (
                            max(place) filter (where has_rivals and not has_session) over earlier,
                            min(place) filter (where has_rivals and not has_session) over later
                        )
                else
                    place_with in (
                        max(place) filter (where has_rivals and has_session) over earlier,
                        min(place) filter (where has_rivals and has_session) over later
                    )
            end,
            false
        ) as is_ambiguous
    from judged
    where is_contested
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

-- Pairs ambiguous groups in order of time. Each lead without session takes the earliest partner
-- that is open and not taken. A partner opens 5 seconds before its creation and closes one analysis
-- window after it.
marks as (
    select
        c.id,
        c.website,
        c.has_session,
        c.created_at,
        m.number,
        m.at
    from contested as c
    cross join limits as l
    cross join
        lateral (
            values
            (1, case when c.has_session then c.created_at - l.racing end),
            (2, case when not c.has_session then c.created_at end),
            (3, case when c.has_session then c.created_at + l.analysis_window end)
        ) as m (number, at)
    where c.is_ambiguous and m.at is not null
),

counted as (
    select
        marks.*,
        count(*) filter (where number = 1) over so_far as opened,
        count(*) filter (where number = 2) over so_far as without_session,
        count(*) filter (where number = 3) over so_far as closed
    from marks
    window so_far as (partition by website order by at, number, id rows unbounded preceding)
),

-- Counting finds the groups that stay alone, without a walk from mark to mark. The balance is the
-- number of partners taken or closed so far minus the number of leads so far. It begins at 0. A
-- lead that finds no partner lowers the balance below the lead's level. A partner that closes
-- untaken raises the balance to the partner's level. Nothing else moves the balance, and counts
-- give both levels. So a mark has moved the balance if the previous mark on its level is of the
-- other kind. The group of such a mark stays alone.
levels as (
    select
        counted.*,
        case when has_session then closed else opened + 1 end - without_session as level
    from counted
    where number > 1
),

in_order as (
    select
        id,
        website,
        has_session,
        created_at,
        has_session = lag(has_session, 1, level <= 0) over (
            partition by website, level order by at, number, id
        ) as is_paired
    from levels
),

-- Partners get the same key: their two places, or their number in order of time.
keyed as (
    select
        id,
        website,
        has_session,
        created_at,
        false as is_ambiguous,
        true as is_paired,
        place_with,
        place_without,
        cast(null as bigint) as number
    from (
        select
            judged.*,
            false as is_ambiguous
        from judged
        where not is_contested
        union all
        select contested.* from contested
    ) as judged_all
    where not is_ambiguous
    union all
    select
        id,
        website,
        has_session,
        created_at,
        true as is_ambiguous,
        is_paired,
        null as place_with,
        null as place_without,
        row_number() over (
            partition by website, has_session, is_paired order by created_at, id
        ) as number
    from in_order
),

partners as (
    select
        id,
        is_ambiguous,
        case
            when not is_paired then null
            when lag(has_session) over same_key <> has_session then lag(id) over same_key
            when lead(has_session) over same_key <> has_session then lead(id) over same_key
        end as partner_id,
        case
            when not is_paired then null
            when lag(has_session) over same_key <> has_session then lag(created_at) over same_key
            when lead(has_session) over same_key <> has_session then lead(created_at) over same_key
        end as partner_at
    from keyed
    window
        same_key as (
            partition by website, is_paired, place_with, place_without, number
            order by has_session
        )
)

-- Every partner is a group. The full join keeps the planner from comparing every pair.
select
    cast(g.id as text) as lead_id,
    cast(
        case
            when (p.partner_at, p.partner_id) < (g.begun_at, g.group_id) then p.partner_id
            else g.group_id
        end as text
    ) as submission_id,
    least(g.begun_at, p.partner_at) as begun_at,
    coalesce(p.is_ambiguous, false) as ambiguous,
    g.session_id,
    cast(g.organization_id as text) as organization_id,
    g.created_at
from grouped as g
full join partners as p on g.group_id = p.id
