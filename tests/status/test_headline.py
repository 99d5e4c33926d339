"""The Status page's small lines: only whole periods, and the conversion of the same estimate."""

from datetime import date, datetime, timedelta

import pytest

from dashboard.funnel.cohorts.data import FULLY, CohortQuestion, funnel_cohorts
from dashboard.funnel.conversion.data import conversion
from dashboard.funnel.conversion.stretch import Stretch
from dashboard.funnel.prepared import prepare_funnel
from dashboard.funnel.question import FunnelQuestion
from dashboard.model.filters import Filters, day_filters
from dashboard.model.tracking_plan import load_plan
from dashboard.settings import UTC_ZONE
from dashboard.status.headline import Figure
from dashboard.status.html import as_html
from dashboard.status.report import StatusReport, status_report
from tests.conftest import Parameters, execute
from tests.funnel.worlds import reading

# Ten submissions an hour for four days; every second one completes after a minute.
FOUR_DAYS = """
    insert into website_leads (id, session_id, website_url, business_name, created_at)
    select cast(lpad(n::text, 32, '0') as uuid), 's' || n, n || '.example', 'Unknown Business',
        timestamp '2026-03-02' + (n / 10) * interval '1 hour'
    from generate_series(0, 959) as n;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_started', created_at from website_leads;
    insert into conversion_tracking (website_lead_id, conversion_step, step_completed_at)
    select id, 'analysis_completed', created_at + interval '1 minute'
    from website_leads where right(id::text, 1) in ('1', '3', '5', '7', '9')
"""
NOON = datetime(2026, 3, 5, 12)


def report_of(parameters: Parameters, filters: Filters) -> StatusReport:
    with reading(parameters) as reader:
        return status_report(reader, filters, load_plan())


def figure(report: StatusReport, label: str) -> Figure:
    return next(each for each in report.figures if each.label == label)


@pytest.fixture
def days(tables: Parameters) -> Parameters:
    execute(tables, FOUR_DAYS)
    return tables


def test_a_day_that_is_not_over_is_no_point_of_a_line(days: Parameters) -> None:
    report = report_of(days, Filters(as_of=NOON))
    submissions = figure(report, "Submissions")
    # On the fourth day half as many have begun so far.
    assert submissions.value == "840"
    assert [value for _, value in submissions.series] == [240, 240, 240]
    assert {each.per for each in report.figures} == {"per whole day", "per fully observed day"}
    assert "Per whole day, 2026-03-02 to 2026-03-04" in as_html(report)
    after = report_of(days, Filters(as_of=datetime(2026, 3, 6)))
    assert [value for _, value in figure(after, "Submissions").series] == [240] * 4
    assert figure(after, "Submissions").per == "per day"


def test_a_week_that_the_range_cuts_is_no_point_of_a_line(days: Parameters) -> None:
    execute(
        days,
        "insert into website_leads (website_url, created_at) values ('a.example', '2026-07-01')",
    )
    cut = day_filters(date(2026, 3, 3), date(2026, 7, 1), datetime(2026, 8, 1), UTC_ZONE)
    submissions = figure(report_of(days, cut), "Submissions")
    assert submissions.per == "per whole week"
    begins = [begin for begin, _ in submissions.series]
    assert (begins[0], begins[-1]) == (date(2026, 3, 9), date(2026, 6, 22))


def test_the_line_of_the_conversion_is_the_estimate_per_fully_observed_day(
    days: Parameters,
) -> None:
    filters = Filters(as_of=NOON + timedelta(days=1))
    shown = figure(report_of(days, filters), "Conversion")
    with reading(days) as reader:
        prepared = prepare_funnel(reader, filters, load_plan(), FunnelQuestion())
        rate = conversion(reader, filters, prepared)
        assert rate
        assert rate.within == timedelta(days=3)
        stretch = Stretch(prepared.required[0], rate.to)
        question = CohortQuestion("day", stretch, rate.within)
        rows = funnel_cohorts(reader, filters, prepared, question)
    assert shown.per == "per fully observed day"
    full = rows[rows["state"] == FULLY]
    # Only the first day's submissions are all three days old.
    assert full["period"].dt.date.tolist() == [date(2026, 3, 2)]
    assert shown.series == ((date(2026, 3, 2), full["rate"].iloc[0]),)
    assert shown.series[0][1] == pytest.approx(0.5)
