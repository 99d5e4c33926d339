"""An event that names no lead, or a missing one, is its session's submission's everywhere."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from dashboard.coverage.continuity import continuity_counts
from dashboard.database.reading import Reader
from dashboard.funnel.data import ask
from dashboard.funnel.losses.data import losses
from dashboard.funnel.question import FunnelQuestion
from dashboard.leads.timeline.data import lead_timeline
from dashboard.model.filters import Filters
from dashboard.model.placeholder import PLACEHOLDER
from dashboard.model.tracking_plan import ANALYSIS_COMPLETED, load_plan
from tests.conftest import Parameters, execute, source_of

AT = datetime(2026, 3, 1, 12)
LATER = Filters(as_of=AT + timedelta(days=1))
PLAN = load_plan()
STEPS = ("analysis_started", ANALYSIS_COMPLETED)
LEAD, MISSING, FUTURE = (UUID(int=number) for number in (1, 2, 3))
NO_REFERENCE = (
    "alter table conversion_tracking drop constraint conversion_tracking_website_lead_id_fkey"
)


def add_lead(tables: Parameters, lead: UUID, at: datetime, website: str) -> None:
    execute(
        tables,
        "insert into website_leads (id, created_at, session_id, business_name, website_url)"
        " values (%s, %s, 's', %s, %s)",
        lead,
        at,
        PLACEHOLDER,
        website,
    )


@pytest.fixture(params=[None, MISSING, FUTURE], ids=["none", "missing", "later than as-of"])
def stored(tables: Parameters, request: pytest.FixtureRequest) -> Parameters:
    """One lead with a session, and two events of that session that belong to no lead."""
    execute(tables, NO_REFERENCE)
    add_lead(tables, LEAD, AT, "a.example")
    add_lead(tables, FUTURE, AT + timedelta(days=2), "b.example")
    for step in STEPS:
        execute(
            tables,
            "insert into conversion_tracking"
            " (website_lead_id, conversion_step, step_completed_at, session_id)"
            " values (%s, %s, %s, 's')",
            request.param,
            step,
            AT + timedelta(minutes=1),
        )
    return tables


def in_funnel(reader: Reader) -> bool:
    found = ask(reader, LATER, PLAN, FunnelQuestion("corrected", steps=STEPS))
    return [found.figure(step, "with_event") for step in STEPS] == [1, 1]


def in_losses(reader: Reader) -> bool:
    examples = losses(reader, LATER, PLAN).examples(reader, "unanalyzed")
    return examples["lead_id"].tolist() == [str(LEAD)]


def in_timeline(reader: Reader) -> bool:
    found = lead_timeline(reader, LATER, LEAD)
    return found is not None and {*found.submission.events["step"]} == {*STEPS}


def in_continuity(reader: Reader) -> bool:
    found = continuity_counts(reader, LATER, PLAN)
    return [*zip(found["event"], found["has_step"], strict=True)] == [("same", True)]


ANSWERS = (in_funnel, in_losses, in_timeline, in_continuity)


def answers_that_count_them(stored: Parameters) -> Sequence[Callable[[Reader], bool]]:
    source = source_of(stored)
    with source.read() as reader:
        found = [each for each in ANSWERS if each(reader)]
    source.engine.dispose()
    return found


def test_events_without_lead_are_their_sessions(stored: Parameters) -> None:
    assert answers_that_count_them(stored) == [*ANSWERS]


def test_events_without_lead_are_nobodys_where_the_session_has_two_submissions(
    stored: Parameters,
) -> None:
    add_lead(stored, UUID(int=4), AT, "c.example")
    assert answers_that_count_them(stored) == []
