"""A timeline on a website that many submit: whose rows the words are about, and the limits."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from dashboard.leads.timeline.data import Timeline, lead_timeline
from dashboard.leads.timeline.missing import missing, timeline_notes
from dashboard.leads.timeline.sessions import visitor_session
from dashboard.model.filters import Filters
from dashboard.model.tracking_plan import load_plan
from tests.conftest import Parameters, execute
from tests.funnel.worlds import reading

AT = datetime(2026, 3, 1, 10)
PLAN = load_plan()


@pytest.fixture
def crowd(new_database: Callable[..., Parameters]) -> Parameters:
    """150 visitors of one website, a second apart, with a start each; the last of them 1,200."""
    parameters = new_database("three_tables")
    execute(
        parameters,
        """
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
    """,
    )
    return parameters


def shown(tables: Parameters, number: int, as_of: datetime | None = None) -> Timeline:
    with reading(tables) as reader:
        found = lead_timeline(reader, Filters(as_of=as_of), UUID(int=number))
    assert found
    return found


def test_the_newest_lead_of_a_crowd_has_its_timeline_and_the_cut_is_said(crowd: Parameters) -> None:
    found = shown(crowd, 150)
    assert len(found.leads) == 100
    assert found.leads["lead_id"].tolist()[-1] == str(UUID(int=150))
    assert "The page shows 100 of 150 leads." in timeline_notes(found)
    assert any("99 leads of the same website" in each for each in timeline_notes(found))


def test_of_too_many_events_the_first_of_every_step_is_kept(crowd: Parameters) -> None:
    found = shown(crowd, 150)
    assert len(found.events) == 1000
    assert found.events_in_all == 100 + 1201
    assert set(found.submission.events["step"]) == {
        "analysis_started",
        "website_analysis",
        "previews_viewed",
    }
    assert found.events["at"].is_monotonic_increasing
    assert any(
        "“Analysis completed” is not recorded" in each for each in missing(found, PLAN, PLAN.names)
    )


def test_another_visitors_rows_hide_no_loss_and_name_no_visitor(tables: Parameters) -> None:
    """A has lost its start; B, two minutes later on the same website, has everything."""
    store(tables, 1, "sA", 0, "analysis_completed")
    store(tables, 2, "sB", 120, "analysis_started", "analysis_completed")
    found = shown(tables, 1)
    assert len(found.leads) == 2
    assert visitor_session(found) == "sA"
    words = " ".join(missing(found, PLAN, PLAN.names))
    assert "“Analysis started” is not recorded" in words
    assert "The sentences above are not about them." in " ".join(timeline_notes(found))
    assert "is not recorded" not in " ".join(missing(shown(tables, 2), PLAN, PLAN.names))


def test_a_submission_of_more_leads_than_are_read_is_not_judged(tables: Parameters) -> None:
    for number in range(1, 103):
        store(tables, number, "same", number * 60, "analysis_completed")
    assert "so missing data stays unknown" in " ".join(missing(shown(tables, 1), PLAN, PLAN.names))


def test_an_organization_of_later_than_the_as_of_time_is_not_there(tables: Parameters) -> None:
    execute(
        tables,
        f"insert into organizations (id, name, session_id, created_at) "
        f"values ('{UUID(int=1)}', 'Late', 's', '2026-03-01 10:05')",
    )
    store(tables, 1, "s", 0, "analysis_started", organization=UUID(int=1))
    assert shown(tables, 1).organizations["name"].tolist() == ["Late"]
    assert shown(tables, 1, AT + timedelta(minutes=2)).organizations.empty


def test_a_submission_is_whole_however_far_its_leads_lie_apart(tables: Parameters) -> None:
    """The visitor comes back two hours later: one submission, analyzed the first time."""
    store(tables, 1, "s", 0, "analysis_started", "analysis_completed", name="Unknown Business")
    store(tables, 2, None, 45)
    store(tables, 3, "s", 7200, name="Unknown Business")
    for lead in (1, 2, 3):
        found = shown(tables, lead)
        assert len(found.submission.leads) == 3
        words = " ".join(missing(found, PLAN, PLAN.names))
        assert "Only the placeholder" not in words
        assert "is not recorded" not in words


@pytest.mark.parametrize(("website", "lost"), [("a.example", True), ("b.example", False)])
def test_an_event_without_lead_is_of_its_session_where_that_has_one_submission(
    tables: Parameters, website: str, lost: bool
) -> None:
    store(tables, 1, "s", 0, "analysis_started")
    store(tables, 2, "s", 600, website=website)
    execute(
        tables,
        "insert into conversion_tracking (conversion_step, session_id, "
        f"step_completed_at) values ('previews_viewed', 's', '{AT}')",
    )
    words = " ".join(missing(shown(tables, 1), PLAN, PLAN.names))
    assert ("“Analysis completed” is not recorded" in words) is lost


def test_an_own_event_without_lead_is_kept_before_repeats(tables: Parameters) -> None:
    store(tables, 1, "s", 0, "analysis_completed")
    store(tables, 2, "t", 60)
    execute(
        tables,
        f"""
        insert into conversion_tracking (conversion_step, session_id, step_completed_at)
        values
            ('analysis_started', 't', '{AT}'),
            ('analysis_started', 's', timestamp '{AT}' + interval '1s');
        insert into conversion_tracking
            (website_lead_id, conversion_step, session_id, step_completed_at)
        select '{UUID(int=1)}', 'website_analysis', 's', timestamp '2026-01-01' + n * interval '1s'
        from generate_series(1, 1200) as n
    """,
    )
    found = shown(tables, 1)
    assert not found.is_cut
    assert "is not recorded" not in " ".join(missing(found, PLAN, PLAN.names))


def store(
    parameters: Parameters,
    number: int,
    session: str | None,
    seconds: int,
    *steps: str,
    organization: UUID | None = None,
    name: str = "A",
    website: str = "a.example",
) -> None:
    """Store one visitor's lead and its events."""
    at, lead = AT + timedelta(seconds=seconds), UUID(int=number)
    execute(
        parameters,
        "insert into website_leads (id, organization_id, session_id, website_url, "
        "business_name, created_at) values (%s, %s, %s, %s, %s, %s)",
        lead,
        organization,
        session,
        website,
        name,
        at,
    )
    for step in steps:
        execute(
            parameters,
            "insert into conversion_tracking (website_lead_id, conversion_step, "
            "session_id, step_completed_at) values (%s, %s, %s, %s)",
            lead,
            step,
            session,
            at,
        )
