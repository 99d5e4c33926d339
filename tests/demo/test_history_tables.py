"""What the history looks like in the tables: its clock, its rhythm, its rates, its two events."""

from datetime import date

import pytest

from dashboard.demo.history import History
from dashboard.demo.report_picture import report_picture
from dashboard.demo.rhythm import HISTORY_START
from tests.ten_months import END, Connection, one, rows


def test_nothing_lies_before_the_history_or_in_the_future(demo_tables: Connection) -> None:
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
    first, last = rows(demo_tables, moments)[0]
    assert HISTORY_START <= first < last < END
    assert last.date() == date(2026, 11, 22)


def test_the_reports_own_rows_are_as_they_were(demo_tables: Connection) -> None:
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
        assert rows(demo_tables, stored.format(columns, table, clock)) == expected


def test_no_row_of_the_history_refers_to_the_report(demo_tables: Connection) -> None:
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
    assert one(demo_tables, strangers) == 0


def test_a_host_has_one_submission_unless_more_were_planted(demo_tables: Connection) -> None:
    shared = """
        select host, count(*), count(distinct visitor), bool_or(in_crowd)
        from planted.submissions group by host having count(*) > 1
    """
    sizes = [count for _, count, _, in_crowd in rows(demo_tables, shared) if in_crowd]
    assert min(sizes) == 3
    assert max(sizes) == 8
    assert {count for _, count, _, in_crowd in rows(demo_tables, shared) if not in_crowd} == {2}


def test_most_submissions_are_regular(ten_months: History) -> None:
    defective = {defect.submission_id for defect in ten_months.defects}
    regular = sum(row.id not in defective for row in ten_months.submissions)
    assert 0.85 < regular / len(ten_months.submissions) < 0.9


def test_an_analysis_takes_as_long_as_documented(demo_tables: Connection) -> None:
    lags = """
        with lags as materialized (
            select extract(epoch from analyzed.created_at - placeholder.created_at) as lag
            from planted.leads as p inner join website_leads as placeholder
                on placeholder.id = p.lead_id
            inner join planted.leads as a on a.submission_id = p.submission_id
            inner join website_leads as analyzed on analyzed.id = a.lead_id
            where p.role = 'placeholder' and a.role = 'analyzed'
        ), usual as (
            select percentile_cont(0.5) within group (order by lag) as lag from lags
        )
        select
            max(usual.lag),
            percentile_cont(0.5) within group (order by abs(lags.lag - usual.lag))
        from lags cross join usual
    """
    usual, spread = rows(demo_tables, lags)[0]
    assert 41.5 < usual < 43.5
    assert 2 < spread < 3


def test_session_ids_carry_the_time_the_rows_are_stamped_with(demo_tables: Connection) -> None:
    late = """
        select percentile_cont(array[0.01, 0.5, 0.98])
            within group (order by created_at - opened_at)
        from hosted_organizations
    """
    low, middle, high = (span.total_seconds() for span in one(demo_tables, late))
    assert -60 < low < middle < high < 450
    assert 30 < middle < 90


def test_one_source_explains_the_drop(demo_tables: Connection) -> None:
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
        share for _, _, share in rows(demo_tables, generated)
    ]
    assert abs(others_before - others_after) < 0.05
    assert before > 0.7
    assert after < 0.2


def test_the_silent_step_is_silent_on_two_days_only(demo_tables: Connection) -> None:
    days = """
        select day::date from generate_series(timestamp '2026-01-27', '2026-11-22', '1 day') as day
        where not exists (
            select from conversion_tracking where conversion_step = 'previews_viewed'
            and step_completed_at >= day and step_completed_at < day + interval '1 day'
        ) order by 1
    """
    assert [day for (day,) in rows(demo_tables, days)] == [date(2026, 6, 9), date(2026, 6, 10)]


def test_registration_and_payments_begin_on_the_documented_day(demo_tables: Connection) -> None:
    first = """
        select conversion_step, min(step_completed_at)::date, count(*), count(conversion_value)
        from conversion_tracking where conversion_step in ('registration', 'first_payment')
        group by 1 order by 1
    """
    payment, registration = rows(demo_tables, first)
    assert date(2026, 5, 4) <= registration[1] <= date(2026, 5, 6)
    assert payment[1] >= registration[1]
    assert registration[3] == 0 < payment[2] == payment[3]


def test_volume_grows_slowly_and_keeps_the_week(demo_tables: Connection) -> None:
    daily = """
        select extract(month from submitted_at)::int, count(*) / count(distinct submitted_at::date)
        from planted.submissions group by 1 order by 1
    """
    months = dict(rows(demo_tables, daily))
    assert 31 <= months[2] <= 36
    assert 45 <= months[11] <= 51
    week = """
        select count(*) filter (where extract(isodow from submitted_at) = 2)::float
        / count(*) filter (where extract(isodow from submitted_at) = 7) from planted.submissions
    """
    assert 2 < one(demo_tables, week) < 3.5


@pytest.mark.parametrize(
    ("column", "least"), [("lead_source", 7), ("utm_campaign", 6), ("status", 5)]
)
def test_leads_differ_in_what_they_can_be_filtered_by(
    demo_tables: Connection, column: str, least: int
) -> None:
    distinct = f"select count(distinct {column}) from hosted_leads"
    assert one(demo_tables, distinct) >= least


def test_addresses_are_of_both_families(demo_tables: Connection) -> None:
    families = "select family(ip_address), count(*) from hosted_leads group by 1 order by 1"
    found = dict(rows(demo_tables, families))
    assert found.keys() == {4, 6}
    assert 0.1 < found[6] / found[4] < 0.25
