"""A trace on a website that many submit: whose rows the words are about, and the limits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from dashboard.leads.data import Trace, trace
from dashboard.leads.missing import beside, missing
from dashboard.leads.sessions import visitor_session
from dashboard.shared.filters import Filters
from dashboard.shared.tracking_plan import load_plan
from queries import load
from tests.conftest import Parameters, execute
from tests.funnel.worlds import reading

AT = datetime(2026, 3, 1, 10)
PLAN = load_plan()


@pytest.fixture
def crowd(new_database: Callable[[], Parameters]) -> Parameters:
    """150 visitors of one website, a second apart, with a start each; the last of them 1,200."""
    parameters = new_database()
    execute(parameters, load("schema/tables").sql)
    execute(parameters, """
        insert into organizations (id, name, session_id, website_url, created_at)
        select cast(lpad('1', 32, '0') as uuid), 'Viral', 's1', 'viral.example', '2026-03-01 10:00';
        insert into website_leads (id, organization_id, session_id, website_url, business_name,
            created_at)
        select cast(lpad(to_hex(n), 32, '0') as uuid), cast(lpad('1', 32, '0') as uuid), 's' || n,
            'viral.example', 'Viral', timestamp '2026-03-01 10:00' + n * interval '1 second'
        from generate_series(1, 150) as n;
        insert into conversion_tracking (website_lead_id, conversion_step, session_id,
            step_completed_at)
        select id, 'analysis_started', session_id, created_at from website_leads;
        insert into conversion_tracking (website_lead_id, conversion_step, session_id,
            step_completed_at)
        select cast(lpad(to_hex(150), 32, '0') as uuid), 'website_analysis', 's150',
            timestamp '2026-03-01 11:00' + n * interval '1 second'
        from generate_series(1, 1200) as n;
        insert into conversion_tracking (website_lead_id, conversion_step, session_id,
            step_completed_at)
        select cast(lpad(to_hex(150), 32, '0') as uuid), 'previews_viewed', 's150',
            timestamp '2026-03-01 12:00'
    """)  # fmt: skip
    return parameters


def traced(stored: Parameters, number: int, as_of: datetime | None = None) -> Trace:
    with reading(stored) as reader:
        found = trace(reader, Filters(as_of=as_of), UUID(int=number))
    assert found
    return found


def test_the_newest_lead_of_a_crowd_has_its_trace_and_the_cut_is_said(crowd: Parameters) -> None:
    found = traced(crowd, 150)
    assert len(found.leads) == 100
    assert found.leads["lead_id"].tolist()[-1] == str(UUID(int=150))
    assert "Shown are 100 of 150 leads." in beside(found)
    assert any("99 leads of the same website" in each for each in beside(found))


def test_of_too_many_events_the_first_of_every_step_is_kept(crowd: Parameters) -> None:
    found = traced(crowd, 150)
    assert len(found.events) == 1000
    assert found.events_in_all == 100 + 1201
    assert set(found.submission.events["step"]) == {
        "analysis_started", "website_analysis", "previews_viewed",
    }  # fmt: skip
    assert found.events["at"].is_monotonic_increasing
    assert any(
        "“Analysis completed” is not recorded" in each for each in missing(found, PLAN, PLAN.names)
    )


def test_another_visitors_rows_hide_no_loss_and_name_no_visitor(stored: Parameters) -> None:
    """A has lost its start; B, two minutes later on the same website, has everything."""
    execute(stored, load("schema/tables").sql)
    store(stored, 1, "sA", 0, "analysis_completed")
    store(stored, 2, "sB", 120, "analysis_started", "analysis_completed")
    found = traced(stored, 1)
    assert len(found.leads) == 2
    assert visitor_session(found) == "sA"
    words = " ".join(missing(found, PLAN, PLAN.names))
    assert "“Analysis started” is not recorded" in words
    assert "Nothing above is about them." in " ".join(beside(found))
    assert "is not recorded" not in " ".join(missing(traced(stored, 2), PLAN, PLAN.names))


def test_a_submission_of_more_leads_than_are_looked_at_is_not_judged(stored: Parameters) -> None:
    execute(stored, load("schema/tables").sql)
    for number in range(1, 103):
        store(stored, number, "same", number * 60, "analysis_completed")
    assert "can’t be told from a part" in " ".join(missing(traced(stored, 1), PLAN, PLAN.names))


def test_an_organization_of_later_than_the_as_of_time_is_not_there(stored: Parameters) -> None:
    execute(stored, load("schema/tables").sql)
    execute(stored, f"insert into organizations (id, name, session_id, created_at) "
            f"values ('{UUID(int=1)}', 'Late', 's', '2026-03-01 10:05')")  # fmt: skip
    store(stored, 1, "s", 0, "analysis_started", organization=UUID(int=1))
    assert traced(stored, 1).organizations["name"].tolist() == ["Late"]
    assert traced(stored, 1, AT + timedelta(minutes=2)).organizations.empty


@pytest.fixture
def stored(new_database: Callable[[], Parameters]) -> Parameters:
    return new_database()


def store(
    parameters: Parameters, number: int, session: str, seconds: int, *steps: str,
    organization: UUID | None = None,
) -> None:  # fmt: skip
    """Store one visitor's lead and its events."""
    at, lead = AT + timedelta(seconds=seconds), UUID(int=number)
    belongs = f"'{organization}'" if organization else "null"
    execute(parameters, f"insert into website_leads (id, organization_id, session_id, website_url, "
            f"business_name, created_at) values ('{lead}', {belongs}, '{session}', "
            f"'a.example', 'A', '{at}')")  # fmt: skip
    for step in steps:
        execute(parameters, f"insert into conversion_tracking (website_lead_id, conversion_step, "
                f"session_id, step_completed_at) values ('{lead}', '{step}', '{session}', "
                f"'{at}')")  # fmt: skip
