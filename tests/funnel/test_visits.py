"""A lead whose address is no website is a visit: no submission; its events are its session's."""

from datetime import datetime, timedelta
from uuid import UUID

from dashboard.database.reading import Reader
from dashboard.funnel.corrections.data import matching_summary
from dashboard.funnel.data import ask
from dashboard.funnel.losses.data import losses
from dashboard.funnel.question import Correction, FunnelQuestion
from dashboard.leads.timeline.data import lead_timeline
from dashboard.model.filters import Filters
from tests.conftest import Parameters
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import PLAN, reading, store
from tests.matching.oracle import Lead

AT = datetime(2026, 1, 28, 12)
NOWHERE = "https://unknown.com"
VISIT, REAL, ALONE, ANALYZED = (UUID(int=number) for number in range(1, 5))
LEADS = [
    Lead(VISIT, AT, "s", NOWHERE),
    Lead(REAL, AT + timedelta(minutes=1), "s", "https://a.example"),
    # Two visitors who submitted nothing are no visitors of one website.
    Lead(ALONE, AT, "t", NOWHERE),
    Lead(ANALYZED, AT + timedelta(seconds=45), None, NOWHERE, analyzed=True),
]
EVENTS = [
    Event("analysis_started", AT + timedelta(minutes=1), VISIT, "s"),
    Event("analysis_completed", AT + timedelta(minutes=2), REAL, "s"),
    Event("analysis_started", AT, ALONE, "t"),
]
DAY = Filters(as_of=AT + timedelta(days=1))


def steps(reader: Reader, correction: Correction) -> list[int]:
    counts = ask(reader, DAY, PLAN, FunnelQuestion(correction)).steps["count"]
    return counts.dropna().astype(int).tolist()


def test_visits_are_counted_apart_and_their_events_by_their_session(stored: Parameters) -> None:
    store(stored, LEADS, EVENTS)
    with reading(stored) as reader:
        assert [steps(reader, each) for each in ("raw", "matched", "corrected")] == [
            [2, 0],
            [1, 1],
            [1, 1],
        ]
        found = matching_summary(reader, DAY)
        lost = losses(reader, DAY, PLAN)
    assert (found.leads, found.submissions, found.visits) == (1, 1, 3)
    assert lost.number("lost_step") == 0


def test_a_visit_has_a_timeline_of_its_own(stored: Parameters) -> None:
    store(stored, LEADS, EVENTS)
    with reading(stored) as reader:
        timeline = lead_timeline(reader, DAY, ALONE)
    assert timeline is not None
    assert timeline.submission.leads["lead_id"].tolist() == [str(ALONE)]
    assert timeline.submission.events["step"].tolist() == ["analysis_started"]
