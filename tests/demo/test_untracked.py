"""The month without tracking: what its writers leave, and what they leave out."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dashboard.demo.fill import fill
from dashboard.demo.history import History, history
from dashboard.demo.report_picture import report_picture
from dashboard.demo.top_up import top_up
from dashboard.demo.untracked import (
    KnownWebsite,
    fill_untracked,
    known_websites,
    stop_before,
    untracked_demo,
    untracked_month,
)
from dashboard.model.placeholder import PLACEHOLDER
from tests.conftest import Parameters

UNTIL = datetime(2026, 3, 3, 15)
STOP = datetime(2026, 2, 1)
# The rows of the three tables from before a moment, by the time they have.
BEFORE = {
    "organizations": "created_at",
    "website_leads": "created_at",
    "conversion_tracking": "step_completed_at",
}


@pytest.fixture(scope="module")
def known() -> list[KnownWebsite]:
    return known_websites(history(date(2026, 1, 26), STOP.date(), STOP))


@pytest.fixture(scope="module")
def month(known: list[KnownWebsite]) -> History:
    return untracked_month(known, UNTIL)


def test_tracking_stops_at_a_midnight_thirty_days_before() -> None:
    assert stop_before(UNTIL) == stop_before(datetime(2026, 3, 3)) == STOP


def test_the_month_is_the_same_every_time(known: list[KnownWebsite], month: History) -> None:
    assert untracked_month(known, UNTIL) == month


def test_only_analyzed_leads_and_their_events_are_left_without_session(month: History) -> None:
    assert month.leads
    assert {lead.session_id for lead in month.leads} == {None}
    assert PLACEHOLDER not in {lead.business_name for lead in month.leads}
    assert {(event.conversion_step, event.session_id) for event in month.events} == {
        ("website_analysis", None)
    }
    assert {event.website_lead_id for event in month.events} == {lead.id for lead in month.leads}


def test_a_lead_is_one_of_a_website_that_had_an_organization(
    month: History, known: list[KnownWebsite]
) -> None:
    organizations = {each.organization.id: each.organization for each in known}
    assert {lead.organization_id for lead in month.leads} == {
        each.id for each in month.changed_organizations
    }
    for changed in month.changed_organizations:
        # The direct form sets no session id.
        assert changed == organizations[changed.id]._replace(updated_at=changed.updated_at)
        assert changed.updated_at > STOP


def test_the_job_form_leaves_an_organization_with_session_and_no_lead(month: History) -> None:
    of_leads = {lead.organization_id for lead in month.leads}
    assert month.organizations
    for organization in month.organizations:
        assert organization.session_id
        assert organization.user_id is None
        assert organization.id not in of_leads
    leadless = {each.row_id for each in month.defects if each.kind == "organizations_without_lead"}
    assert leadless == {each.id for each in month.organizations}


def test_every_visitor_is_known_and_each_step_was_dropped(month: History) -> None:
    saved = len(month.leads) + len(month.organizations)
    # The others were refused in the direct form and left no row.
    assert saved < len(month.submissions) < 2 * saved
    assert {step.event_id for step in month.steps} == {None}
    assert Counter(step.step for step in month.steps) == {
        "analysis_started": len(month.submissions),
        "analysis_completed": len(month.submissions),
    }
    assert all(STOP <= each.submitted_at < UNTIL for each in month.submissions)


def rows_before(connection: psycopg.Connection[Any]) -> list[list[tuple[Any, ...]]]:
    # What is changed afterwards are organizations that the analysis finds again.
    columns = {"organizations": "id, name, user_id, session_id, website_url, created_at"}
    return [
        connection.execute(
            f"select {columns.get(table, '*')} from {table} where {at} < %s order by id".encode(),
            [STOP],
        ).fetchall()
        for table, at in BEFORE.items()
    ]


def test_before_the_stop_it_is_the_demo_and_after_it_no_step_is_recorded(
    empty_database: Parameters, new_database: Any
) -> None:
    demo = new_database()
    with (
        psycopg.connect(make_conninfo(**empty_database), autocommit=True) as filled,
        psycopg.connect(make_conninfo(**demo), autocommit=True) as ordinary,
    ):
        fill_untracked(filled, untracked_demo(UNTIL))
        fill(ordinary, report_picture())
        top_up(ordinary, STOP)
        assert rows_before(filled) == rows_before(ordinary)
        after = filled.execute(
            "select distinct conversion_step from conversion_tracking"
            " where step_completed_at >= %s",
            [STOP],
        ).fetchall()
        newest = filled.execute("select max(created_at) from website_leads").fetchone()
    assert after == [("website_analysis",)]
    assert newest
    assert UNTIL - timedelta(days=1) < newest[0] < UNTIL
