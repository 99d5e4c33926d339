"""What became of a submission: harmless, lost or not to be told, by its rows alone."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.races.triage.log import Whose
from dashboard.races.triage.matching import CROWD, RecordedSpan, Stored, StoredLead, fate_of
from tests.examples import examples

AT = datetime(2026, 1, 26, 2, 20, 31)
VISITOR = "session_1769394031102_1i34cuwqi"
OTHER = "session_1769394031103_1i34cuwqj"
LATER = AT + timedelta(days=3)
COVERED = RecordedSpan(AT - timedelta(days=9), LATER, AT - timedelta(days=8))


def stored(
    leads: list[StoredLead] | None = None,
    starts: tuple[str, ...] = (),
    ends: tuple[str, ...] = (),
    coverage: RecordedSpan = COVERED,
    organization: bool = True,
) -> Stored:
    rows = Stored(coverage)
    ordered = sorted(leads or [], key=lambda lead: lead.at)
    rows.add_of_sessions(ordered)
    rows.add_of_hosts(ordered)
    for session in starts:
        rows.starts[session].append(AT - timedelta(seconds=1))
    for session in ends:
        rows.ends[session].append(AT + timedelta(seconds=42))
    rows.organizations = {"a.example": AT} if organization else {}
    return rows


def placeholder(session: str = VISITOR, at: datetime = AT) -> StoredLead:
    return StoredLead(at, session, "a.example", False)


def analyzed(at: datetime = AT) -> StoredLead:
    return StoredLead(at + timedelta(seconds=42), None, "a.example", True)


WHOLE = stored([placeholder(), analyzed()], (VISITOR,), (VISITOR,))
BY_SESSION = Whose(VISITOR, None, AT)
BY_HOST = Whose(None, "a.example", AT)
BY_TIME = Whose(None, None, AT)


@pytest.mark.parametrize(
    ("whose", "rows", "fate"),
    [
        (BY_SESSION, WHOLE, "harmless"),
        (BY_HOST, WHOLE, "harmless"),
        (Whose(VISITOR, "a.example", AT), WHOLE, "harmless"),
        (Whose(VISITOR, None, None), WHOLE, "harmless"),
        (BY_TIME, WHOLE, "inconclusive"),
        (Whose("session_x", None, None), WHOLE, "inconclusive"),
        (Whose(None, "b.example", AT), WHOLE, "lost"),
        (Whose(OTHER, None, AT), WHOLE, "lost"),
        (Whose(OTHER, None, None), WHOLE, "lost"),
        (BY_SESSION, stored([placeholder()], (VISITOR,), (VISITOR,)), "lost"),
        (BY_SESSION, stored([placeholder(), analyzed()], (), (VISITOR,)), "lost"),
        (BY_SESSION, stored([placeholder(), analyzed()], (VISITOR,)), "inconclusive"),
        (BY_HOST, stored([placeholder()], (VISITOR,), (VISITOR,)), "lost"),
        (
            BY_HOST,
            stored([placeholder(), analyzed()], (VISITOR,), (VISITOR,), organization=False),
            "lost",
        ),
        (BY_SESSION, stored([], (VISITOR,)), "inconclusive"),
    ],
)
def test_what_became_of_a_submission(whose: Whose, rows: Stored, fate: str) -> None:
    assert fate_of(whose, rows) == fate


def test_one_analyzed_lead_is_not_two_visitors() -> None:
    rows = stored([placeholder(), placeholder(OTHER), analyzed()], (VISITOR, OTHER), (VISITOR,))
    assert fate_of(BY_SESSION, rows) == "inconclusive"
    assert fate_of(BY_HOST, rows) == "inconclusive"
    rows.add_of_hosts([analyzed(AT + timedelta(seconds=9))])
    assert fate_of(BY_SESSION, rows) == "harmless"
    assert fate_of(Whose(OTHER, None, AT), rows) == "inconclusive"


def test_an_error_outside_of_the_only_submission_is_somebody_elses() -> None:
    assert fate_of(Whose(None, "a.example", AT + timedelta(seconds=60)), WHOLE) == "inconclusive"


@pytest.mark.parametrize(
    "coverage",
    [
        RecordedSpan(),
        RecordedSpan(AT - timedelta(days=1), AT + timedelta(minutes=4), AT - timedelta(days=1)),
        RecordedSpan(LATER, LATER + timedelta(days=9), LATER),
    ],
)
def test_rows_of_another_time_prove_no_loss(coverage: RecordedSpan) -> None:
    for whose in (BY_SESSION, BY_HOST, Whose(VISITOR, None, None)):
        assert fate_of(whose, stored(coverage=coverage)) == "inconclusive"


def test_a_start_that_was_never_recorded_by_then_is_not_lost() -> None:
    rows = stored(coverage=RecordedSpan(COVERED.oldest, COVERED.newest, LATER))
    assert fate_of(BY_SESSION, rows) == "inconclusive"


def test_too_many_rows_and_a_crowd_are_inconclusive() -> None:
    cut = stored([placeholder(), analyzed()], (VISITOR,), (VISITOR,))
    cut.complete = False
    assert fate_of(BY_SESSION, cut) == "inconclusive"
    crowd = stored([placeholder()] * (CROWD + 1))
    assert fate_of(BY_HOST, crowd) == "inconclusive"


LEADS = st.builds(
    StoredLead,
    st.integers(-900, 900).map(lambda seconds: AT + timedelta(seconds=seconds)),
    st.sampled_from([None, VISITOR, OTHER]),
    st.sampled_from([None, "a.example", "b.example"]),
    st.booleans(),
)


@given(
    leads=st.lists(LEADS, max_size=12),
    starts=st.sets(st.sampled_from([VISITOR, OTHER])),
    ends=st.sets(st.sampled_from([VISITOR, OTHER])),
    whose=st.builds(
        Whose,
        st.sampled_from([None, VISITOR, OTHER, "session_x"]),
        st.sampled_from([None, "a.example", "b.example"]),
        st.sampled_from([None, AT, datetime.min, datetime.max]),
    ),
    newest=st.sampled_from([AT, LATER]),
)
@examples(300)
def test_a_further_row_never_makes_a_loss(
    leads: list[StoredLead], starts: set[str], ends: set[str], whose: Whose, newest: datetime
) -> None:
    coverage = RecordedSpan(COVERED.oldest, newest, COVERED.first_start)
    before = fate_of(whose, stored(leads, tuple(starts), tuple(ends), coverage))
    if whose.host and whose.at == AT:
        more = [*leads, StoredLead(AT, None, whose.host, True)]
        after = fate_of(whose, stored(more, tuple(starts), tuple(ends), coverage))
        assert not (before == "harmless" and after == "lost")
    if newest == AT:
        assert before != "lost" or whose.at == datetime.min


@pytest.mark.parametrize(
    ("names", "tracks", "fate"),
    [
        ({"previews_viewed", "session_id"}, True, "inconclusive"),
        ({"analysis_started", "session_id"}, True, "harmless"),
        ({"session_id"}, True, "inconclusive"),
        ({"session_id"}, False, "harmless"),
        ({"content_generated"}, False, "inconclusive"),
    ],
)
def test_rows_of_the_analysis_say_nothing_of_an_event_of_another_step(
    names: set[str], tracks: bool, fate: str
) -> None:
    rows = replace(
        WHOLE,
        steps=("analysis_started", "analysis_completed", "previews_viewed", "content_generated"),
    )
    assert fate_of(Whose(VISITOR, None, AT, frozenset(names), tracks), rows) == fate


@pytest.mark.parametrize("hours", [-5, 5, 5.5])
def test_rows_by_a_clock_of_another_zone_are_not_called_lost(hours: float) -> None:
    off = AT + timedelta(hours=hours)
    assert fate_of(Whose(VISITOR, None, off), WHOLE) == "inconclusive"
    assert fate_of(Whose(VISITOR, None, off + timedelta(minutes=15)), WHOLE) == "lost"


def test_a_visit_of_another_day_is_no_clock_of_another_zone() -> None:
    off = AT + timedelta(days=2)
    assert fate_of(Whose(VISITOR, None, off), WHOLE) == "lost"
