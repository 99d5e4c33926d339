"""Every planted defect is found in the tables by a question of its own, and nothing else is."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, get_args

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dashboard.demo.__main__ import counts
from dashboard.demo.fill import execute, fill
from dashboard.demo.history import History, history
from dashboard.demo.report_picture import report_picture
from dashboard.demo.rhythm import STARTS_AT
from dashboard.demo.top_up import append
from dashboard.demo.truth import Kind
from dashboard.settings import ROOT

Connection = psycopg.Connection[Any]
Found = Counter[tuple[str, str | None]]

END = datetime(2026, 11, 23)

# The history's rows with their hosts; `visits` are the newest leads of a session and a website.
VIEWS = r"""
create temp view hosted_leads as
select *, split_part(regexp_replace(lower(website_url), '^https?://(www\.)?', ''), '/', 1) as host
from website_leads where created_at >= '2026-01-26 08:00';

create temp view hosted_organizations as
select *, split_part(regexp_replace(lower(website_url), '^https?://(www\.)?', ''), '/', 1) as host,
    case when session_id ~ '^session_\d{13}_[0-9a-z]{9}$' then
        timestamp 'epoch' + cast(split_part(session_id, '_', 2) as bigint) * interval '1 ms'
    end as opened_at
from organizations where created_at >= '2026-01-26 08:00';

create temp view visits as
select distinct on (session_id, host) * from hosted_leads
where session_id is not null order by session_id, host, created_at desc;

create temp table recorded as
select v.id, e.conversion_step as step, min(e.step_completed_at) as at
from conversion_tracking as e left join hosted_leads as l on l.id = e.website_lead_id
inner join visits as v on v.session_id = e.session_id and v.host = coalesce(l.host, v.host)
group by v.id, e.conversion_step;

create temp table implied (proof, step) as values
('analysis_completed', 'analysis_started'),
('previews_viewed', 'analysis_started'), ('previews_viewed', 'analysis_completed'),
('audience_selected', 'analysis_started'), ('audience_selected', 'analysis_completed'),
('audience_selected', 'previews_viewed'),
('content_generated', 'analysis_started'), ('content_generated', 'analysis_completed'),
('content_generated', 'previews_viewed'), ('content_generated', 'audience_selected'),
('project_saved', 'analysis_started'), ('project_saved', 'analysis_completed'),
('content_exported', 'analysis_started'), ('content_exported', 'analysis_completed'),
('content_exported', 'previews_viewed'), ('content_exported', 'audience_selected'),
('content_exported', 'content_generated'), ('first_payment', 'registration');

create temp view losses as
select distinct r.id, i.step from recorded as r inner join implied as i on i.proof = r.step
where not exists (select from recorded as k where k.id = r.id and k.step = i.step);

create temp view siblings as
select *, created_at - lag(created_at) over (partition by host order by created_at) as after
from hosted_organizations where user_id is null;
"""

# Row and detail of each finding.
QUESTIONS: dict[Kind, str] = {
    "lost_starts": "select id, step from losses where step = 'analysis_started'",
    "lost_steps": "select id, step from losses where step <> 'analysis_started'",
    # What was not recorded and is not proved either is in no table: the truth alone knows.
    "silent_days": """
        select l.lead_id, s.step from planted.steps as s
        inner join lateral (
            select lead_id from planted.leads inner join website_leads on id = lead_id
            where submission_id = s.submission_id and session_id is not null
            order by created_at desc limit 1
        ) as l on true
        where s.event_id is null and s.step = 'previews_viewed'
            and s.happened_at >= '2026-06-09' and s.happened_at < '2026-06-11'
    """,
    "reversed_steps": """
        select e.id, null from recorded as early inner join implied as i using (step)
        inner join recorded as late on late.id = early.id and late.step = i.proof
        inner join conversion_tracking as e
            on e.website_lead_id = early.id and e.conversion_step = early.step
        where early.at > late.at + interval '2 s'
    """,
    "split_steps": """
        select e.id, null from conversion_tracking as e
        inner join hosted_leads as l on l.id = e.website_lead_id
        where e.session_id is not null and l.session_id is null
    """,
    "events_without_lead": """
        select e.id, case when e.session_id is null then 'no session'
            when l.id is null then 'its session has no lead' else 'its session has a lead' end
        from conversion_tracking as e left join visits as l on l.session_id = e.session_id
        where e.website_lead_id is null
    """,
    "unknown_steps": """
        select id, conversion_step from conversion_tracking where conversion_step not in (
            'analysis_started', 'analysis_completed', 'previews_viewed', 'audience_selected',
            'content_generated', 'project_saved', 'content_exported', 'registration',
            'first_payment', 'website_analysis', 'status_change')
    """,
    "unanalysed_leads": """
        select v.id, null from visits as v where not exists (
            select from hosted_leads as l where l.host = v.host and l.session_id is null
            and l.created_at >= v.created_at - interval '5 s'
            and l.created_at <= v.created_at + interval '5 min'
        )
    """,
    "duplicate_leads": """
        select l.id, null from hosted_leads as l inner join hosted_leads as earlier
        on earlier.session_id = l.session_id and earlier.host = l.host
            and earlier.created_at < l.created_at
    """,
    "leads_without_events": """
        select id, null from hosted_leads as l
        where not exists (select from conversion_tracking where website_lead_id = l.id)
    """,
    "leads_without_name": "select id, null from hosted_leads where business_name is null",
    "organizations_without_lead": """
        select id, null from hosted_organizations as o where user_id is null
        and not exists (select from website_leads where organization_id = o.id)
    """,
    "duplicate_organizations": "select id, null from siblings where after <= interval '5 min'",
    "recreated_organizations": "select id, null from siblings where after > interval '5 min'",
    "owned_beside_anonymous": """
        select o.id, null from hosted_organizations as o
        inner join hosted_organizations as owned using (host)
        where o.user_id is null and owned.user_id is not null
    """,
    "overwritten_sessions": """
        select id, null from hosted_organizations where opened_at > created_at
    """,
    "second_session_ids": """
        select id, null from hosted_organizations as o where opened_at < created_at
        and exists (select from website_leads where organization_id = o.id)
        and not exists (select from website_leads where session_id = o.session_id)
    """,
    "odd_session_ids": r"""
        select id, null from visits where session_id !~ '^session_\d{13}_[0-9a-z]{9}$'
    """,
    "hostile_text": r"""
        select id, case when business_name !~ '^[A-Za-z0-9 ]{1,100}$' then 'business_name'
            when utm_campaign !~ '^[a-z_]{1,50}$' then 'utm_campaign' else 'website_url' end
        from hosted_leads where session_id is null and (
            business_name !~ '^[A-Za-z0-9 ]{1,100}$' or utm_campaign !~ '^[a-z_]{1,50}$'
            or website_url !~ '^https?://(www\.)?[a-z0-9.-]+(/|/about|/\?ref=1)?$')
    """,
}


@pytest.fixture(scope="module")
def made() -> History:
    return history(STARTS_AT.date(), END.date(), END)


@pytest.fixture(scope="module")
def connection(new_database: Callable[[], dict[str, str]], made: History) -> Iterator[Connection]:
    with psycopg.connect(make_conninfo(**new_database()), autocommit=True) as connection:
        fill(connection, report_picture())
        execute(connection, "demo/planted_tables")
        append(connection, made)
        connection.execute(VIEWS.encode())
        connection.execute("analyze recorded")
        yield connection


def rows(connection: Connection, sql: str) -> list[Any]:
    return connection.execute(sql.encode()).fetchall()


def one(connection: Connection, sql: str) -> Any:
    return rows(connection, sql)[0][0]


def counted(found: list[Any]) -> Found:
    return Counter((str(row_id), detail) for row_id, detail in found)


def test_the_document_shows_these_counts(made: History) -> None:
    assert counts(made) in (ROOT / "docs" / "demo-data.md").read_text(encoding="utf-8")


def test_every_kind_has_its_question() -> None:
    assert tuple(QUESTIONS) == get_args(Kind)


@pytest.mark.parametrize("kind", get_args(Kind))
def test_what_is_found_is_what_was_planted(
    connection: Connection, made: History, kind: Kind
) -> None:
    planted = [row for row in made.defects if row.kind == kind]
    found = counted(rows(connection, QUESTIONS[kind]))
    assert found == counted([(row.row_id, row.detail) for row in planted])
    assert len(planted) >= 20


def test_the_truth_is_kept_beside_the_tables_as_it_was_made(
    connection: Connection, made: History
) -> None:
    kept = {
        "submissions": made.submissions,
        "leads": made.submission_leads,
        "steps": made.steps,
        "defects": made.defects,
    }
    for table, truth in kept.items():
        assert Counter(rows(connection, f"select * from planted.{table}")) == Counter(truth)


def test_every_lead_of_the_history_belongs_to_one_submission(connection: Connection) -> None:
    assert one(connection, "select count(*) from hosted_leads") == one(
        connection, "select count(*) from hosted_leads inner join planted.leads on id = lead_id"
    )


def test_every_step_recorded_is_a_true_step_of_its_time(connection: Connection) -> None:
    unknown = """
        select conversion_step, count(*) from conversion_tracking as e
        where step_completed_at >= '2026-01-26 08:00'
        and not exists (select from planted.steps where event_id = e.id) group by 1
    """
    kinds = dict(rows(connection, unknown))
    markers = {"website_analysis", "status_change", "demo_requested", "Analysis_Started"}
    # Beside the markers: strays, and the starts that were tracked twice.
    assert kinds.keys() - markers == {"project_saved", "analysis_started"}
    late = """
        select count(*) from planted.steps inner join conversion_tracking as e on e.id = event_id
        where e.conversion_step <> step or step_completed_at > happened_at + interval '1 s'
    """
    reversed_steps = one(
        connection, "select count(*) from planted.defects where kind = 'reversed_steps'"
    )
    assert one(connection, late) == reversed_steps


def test_nothing_lies_before_the_history_or_in_the_future(connection: Connection) -> None:
    moments = """
        select min(at), max(at) from (
            select created_at from hosted_organizations union all
            select updated_at from hosted_organizations union all
            select created_at from hosted_leads union all
            select converted_at from hosted_leads where converted_at is not null union all
            select step_completed_at from conversion_tracking
            where step_completed_at >= '2026-01-26 02:30' union all
            select submitted_at from planted.submissions union all
            select happened_at from planted.steps union all
            select shown_at from planted.defects
        ) as moments (at)
    """
    first, last = rows(connection, moments)[0]
    assert STARTS_AT <= first < last < END
    assert last.date() == date(2026, 11, 22)


def test_the_reports_own_rows_are_as_they_were(connection: Connection) -> None:
    picture = report_picture()
    stored = """
        select {} from {} where {} < '2026-01-26 02:30' order by id
    """
    tables = (
        ("organizations", "created_at", picture.organizations),
        ("website_leads", "created_at", picture.leads),
        ("conversion_tracking", "step_completed_at", picture.events),
    )
    for table, clock, painted in tables:
        columns = "id, session_id, " + ("updated_at" if table == "organizations" else clock)
        names = [name.strip() for name in columns.split(",")]
        expected = sorted(tuple(getattr(row, name) for name in names) for row in painted)
        assert rows(connection, stored.format(columns, table, clock)) == expected


def test_no_row_of_the_history_refers_to_the_report(connection: Connection) -> None:
    strangers = """
        select (
            select count(*) from hosted_leads as l inner join organizations as o
            on o.id = l.organization_id where o.created_at < '2026-01-26 08:00'
        ) + (
            select count(*) from conversion_tracking as e inner join website_leads as l
            on l.id = e.website_lead_id where (e.step_completed_at < '2026-01-26 08:00')
            <> (l.created_at < '2026-01-26 08:00')
        )
    """
    assert one(connection, strangers) == 0


def test_a_host_has_one_submission_unless_more_were_planted(connection: Connection) -> None:
    shared = """
        select host, count(*), count(distinct visitor), bool_or(in_crowd)
        from planted.submissions group by host having count(*) > 1
    """
    sizes = [count for _, count, _, in_crowd in rows(connection, shared) if in_crowd]
    assert min(sizes) == 3
    assert max(sizes) == 8
    assert {count for _, count, _, in_crowd in rows(connection, shared) if not in_crowd} == {2}


def test_most_submissions_are_regular(made: History) -> None:
    defective = {defect.submission_id for defect in made.defects}
    regular = sum(row.id not in defective for row in made.submissions)
    assert 0.85 < regular / len(made.submissions) < 0.9


def test_an_analysis_takes_as_long_as_documented(connection: Connection) -> None:
    lags = """
        with lags as materialized (
            select extract(epoch from analysed.created_at - placeholder.created_at) as lag
            from planted.leads as p inner join website_leads as placeholder
                on placeholder.id = p.lead_id
            inner join planted.leads as a on a.submission_id = p.submission_id
            inner join website_leads as analysed on analysed.id = a.lead_id
            where p.role = 'placeholder' and a.role = 'analysed'
        ), usual as (
            select percentile_cont(0.5) within group (order by lag) as lag from lags
        )
        select
            max(usual.lag),
            percentile_cont(0.5) within group (order by abs(lags.lag - usual.lag))
        from lags cross join usual
    """
    usual, spread = rows(connection, lags)[0]
    assert 41.5 < usual < 43.5
    assert 2 < spread < 3


def test_session_ids_carry_the_time_the_rows_are_stamped_with(connection: Connection) -> None:
    late = """
        select percentile_cont(array[0.01, 0.5, 0.98])
            within group (order by created_at - opened_at)
        from hosted_organizations
    """
    low, middle, high = (span.total_seconds() for span in one(connection, late))
    assert -60 < low < middle < high < 450
    assert 30 < middle < 90


def test_one_source_explains_the_drop(connection: Connection) -> None:
    generated = """
        select lead_source = 'paid_search', submitted_at >= '2026-09-14',
            count(c.submission_id)::float / count(*)
        from planted.submissions as s
        inner join planted.steps as a on a.submission_id = s.id and a.step = 'audience_selected'
        left join (select distinct submission_id from planted.steps
            where step = 'content_generated') as c on c.submission_id = s.id
        where submitted_at >= '2026-07-14' and lead_source is not null group by 1, 2 order by 1, 2
    """
    others_before, others_after, before, after = [
        share for _, _, share in rows(connection, generated)
    ]
    assert abs(others_before - others_after) < 0.05
    assert before > 0.7
    assert after < 0.2


def test_the_silent_step_is_silent_on_two_days_only(connection: Connection) -> None:
    days = """
        select day::date from generate_series(timestamp '2026-01-27', '2026-11-22', '1 day') as day
        where not exists (
            select from conversion_tracking where conversion_step = 'previews_viewed'
            and step_completed_at >= day and step_completed_at < day + interval '1 day'
        ) order by 1
    """
    assert [day for (day,) in rows(connection, days)] == [date(2026, 6, 9), date(2026, 6, 10)]


def test_registration_and_payments_begin_on_the_documented_day(connection: Connection) -> None:
    first = """
        select conversion_step, min(step_completed_at)::date, count(*), count(conversion_value)
        from conversion_tracking where conversion_step in ('registration', 'first_payment')
        group by 1 order by 1
    """
    payment, registration = rows(connection, first)
    assert date(2026, 5, 4) <= registration[1] <= date(2026, 5, 6)
    assert payment[1] >= registration[1]
    assert registration[3] == 0 < payment[2] == payment[3]


def test_volume_grows_slowly_and_keeps_the_week(connection: Connection) -> None:
    daily = """
        select extract(month from submitted_at)::int, count(*) / count(distinct submitted_at::date)
        from planted.submissions group by 1 order by 1
    """
    months = dict(rows(connection, daily))
    assert 31 <= months[2] <= 36
    assert 45 <= months[11] <= 51
    week = """
        select count(*) filter (where extract(isodow from submitted_at) = 2)::float
        / count(*) filter (where extract(isodow from submitted_at) = 7) from planted.submissions
    """
    assert 2 < one(connection, week) < 3.5


@pytest.mark.parametrize(
    ("column", "least"), [("lead_source", 7), ("utm_campaign", 6), ("status", 5)]
)
def test_leads_differ_in_what_they_can_be_filtered_by(
    connection: Connection, column: str, least: int
) -> None:
    distinct = f"select count(distinct {column}) from hosted_leads"
    assert one(connection, distinct) >= least


def test_addresses_are_of_both_families(connection: Connection) -> None:
    families = "select family(ip_address), count(*) from hosted_leads group by 1 order by 1"
    found = dict(rows(connection, families))
    assert found.keys() == {4, 6}
    assert 0.1 < found[6] / found[4] < 0.25
