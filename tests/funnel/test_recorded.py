"""The raw: SQL against the oracle, and the edges of the definition one by one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.database.reading import COUNT, TEXT, Reader, Source
from dashboard.funnel.data import recorded
from dashboard.model.filters import Filters
from dashboard.model.limits import DEFAULT_WINDOW
from dashboard.model.placeholder import PLACEHOLDER
from dashboard.model.tracking_plan import load_plan
from queries import load
from tests.conftest import Parameters, source_of
from tests.examples import examples
from tests.funnel.oracle import History, longest_chain

START = datetime(2026, 3, 1, 12)
STEPS = ["a", "b", "c", "d"]
WINDOW = timedelta(hours=1)


def lead_id(number: int) -> str:
    return str(UUID(int=number))


def store(parameters: Parameters, histories: list[History], created: datetime = START) -> None:
    """Replace the tables' rows: lead n has the events of history n."""
    with psycopg.connect(**parameters) as connection, connection.cursor() as cursor:
        cursor.execute("truncate conversion_tracking, website_leads, organizations")
        columns = "(id, created_at, business_name)"
        with cursor.copy(f"copy website_leads {columns} from stdin".encode()) as copy:
            for number in range(len(histories)):
                copy.write_row((lead_id(number), created, PLACEHOLDER))
        columns = "(id, website_lead_id, conversion_step, step_completed_at)"
        with cursor.copy(f"copy conversion_tracking {columns} from stdin".encode()) as copy:
            events = [(n, e) for n, history in enumerate(histories) for e in history]
            for number, (lead, (step, at)) in enumerate(events):
                copy.write_row((str(UUID(int=number)), lead_id(lead), step, at))


def counts(source: Source, steps: list[str], **binds: Any) -> list[tuple[int, int]]:
    """Return (reached, with this event) per step."""
    given = (
        dict.fromkeys(load("funnel/steps").params)
        | {"window": WINDOW, "steps": steps}
        | binds
        | {"lead_ids": []}
    )
    with source.read() as reader:
        frame = reader.frame(
            "funnel/steps", {"step": TEXT, "count": COUNT, "with_event": COUNT}, **given
        )
    assert frame["step"].tolist() == steps
    return list(zip(frame["count"].tolist(), frame["with_event"].tolist(), strict=True))


def expected(
    histories: list[History], steps: list[str], window: timedelta | None
) -> list[tuple[int, int]]:
    reaches = [len(longest_chain(history, steps, window).times) for history in histories]
    return [
        (
            sum(reach > position for reach in reaches),
            sum(any(name == step for name, _ in history) for history in histories),
        )
        for position, step in enumerate(steps)
    ]


# Few distinct times near each edge: ties, the 2 s tolerance, and both sides of the window.
OFFSETS = st.sampled_from(
    [
        timedelta(seconds=s)
        for s in (-3, -2, -1, 0, 1, 2, 3, 1800, 3598, 3599, 3600, 3601, 7200, 9000)
    ]
    + [timedelta(seconds=2, microseconds=1), WINDOW + timedelta(microseconds=1)]
)
EVENTS = st.tuples(st.sampled_from([*STEPS, "unknown"]), OFFSETS.map(lambda each: START + each))
HISTORIES = st.lists(st.lists(EVENTS, max_size=9), min_size=40, max_size=40)


@pytest.fixture(scope="module")
def stored(new_database: Callable[..., Parameters]) -> Parameters:
    return new_database("three_tables")


@examples(50)
@given(histories=HISTORIES, window=st.sampled_from([WINDOW, None]))
def test_random_histories_are_counted_as_the_oracle_counts_them(
    stored: Parameters, histories: list[History], window: timedelta | None
) -> None:
    store(stored, histories)
    source = source_of(stored)
    assert counts(source, STEPS, window=window) == expected(histories, STEPS, window)
    source.engine.dispose()


def at(**offset: float) -> datetime:
    return START + timedelta(**offset)


CASES: dict[str, tuple[History, list[int]]] = {
    "no event at all": ([], [0, 0, 0, 0]),
    "a later step without the first one": ([("b", at())], [0, 0, 0, 0]),
    "all in order": ([("a", at()), ("b", at(minutes=1)), ("c", at(minutes=2))], [1, 1, 1, 0]),
    "a step 2 s early counts": ([("a", at(seconds=2)), ("b", at())], [1, 1, 0, 0]),
    "a microsecond earlier does not": (
        [("a", at(seconds=2, microseconds=1)), ("b", at())],
        [1, 0, 0, 0],
    ),
    "being early does not add up from step to step": (
        [("a", at(seconds=4)), ("b", at(seconds=2)), ("c", at())],
        [1, 1, 0, 0],
    ),
    "the window's last moment counts": ([("a", at()), ("b", at(hours=1))], [1, 1, 0, 0]),
    "the moment after it does not": (
        [("a", at()), ("b", at(hours=1, microseconds=1))],
        [1, 0, 0, 0],
    ),
    "a second start rescues a late second step": (
        [("a", at()), ("a", at(hours=2)), ("b", at(hours=2, minutes=1))],
        [1, 1, 0, 0],
    ),
    "a repeat after the first time rescues a reversed step": (
        [("b", at()), ("a", at(minutes=1)), ("b", at(minutes=2))],
        [1, 1, 0, 0],
    ),
    "a skipped step ends the chain": ([("a", at()), ("c", at(minutes=1))], [1, 0, 0, 0]),
}


@pytest.mark.parametrize("case", CASES)
def test_the_edges_of_a_chain(stored: Parameters, case: str) -> None:
    history, reached = CASES[case]
    store(stored, [history])
    assert [count for count, _ in counts(source_of(stored), STEPS)] == reached
    assert len(longest_chain(history, STEPS, WINDOW).times) == sum(reached)


def test_twelve_steps_are_followed_to_the_last(stored: Parameters) -> None:
    steps = [f"step {number}" for number in range(12)]
    forward = [(step, at(minutes=number)) for number, step in enumerate(steps)]
    store(stored, [forward, [*forward, ("step 11", at(seconds=1))], forward[:11]])
    assert [count for count, _ in counts(source_of(stored), steps)] == [3] * 11 + [2]


def test_one_visitor_with_3000_repeats_of_each_step(stored: Parameters) -> None:
    late = [(step, at(hours=2, seconds=n)) for step in STEPS for n in range(3000)]
    store(stored, [[*late, ("d", at())]])
    assert [count for count, _ in counts(source_of(stored), STEPS)] == [1, 1, 1, 1]


def test_the_range_chooses_leads_and_their_steps_may_come_after_it(stored: Parameters) -> None:
    store(stored, [[("a", at()), ("b", at(minutes=30))]])
    source = source_of(stored)
    tick = timedelta(microseconds=1)
    assert counts(source, ["a", "b"], start_at=START, end_at=START + tick) == [(1, 1), (1, 1)]
    assert counts(source, ["a", "b"], start_at=START + tick) == [(0, 0), (0, 0)]
    assert counts(source, ["a", "b"], end_at=START) == [(0, 0), (0, 0)]


def test_as_of_drops_what_was_written_at_or_after_it(stored: Parameters) -> None:
    store(stored, [[("a", at()), ("b", at(minutes=30))]])
    source = source_of(stored)
    tick = timedelta(microseconds=1)
    assert counts(source, ["a", "b"], as_of=at(minutes=30)) == [(1, 1), (0, 0)]
    assert counts(source, ["a", "b"], as_of=at(minutes=30) + tick) == [(1, 1), (1, 1)]
    assert counts(source, ["a", "b"], as_of=START) == [(0, 0), (0, 0)]


def funnel_of(reader: Reader, **filters: Any) -> dict[str, dict[str, Any]]:
    steps = recorded(reader, Filters(**filters), load_plan()).as_json()["steps"]
    assert isinstance(steps, list)
    return {each["step"]: each for each in steps}


def test_a_step_that_was_never_recorded_is_unknown_not_zero(stored: Parameters) -> None:
    store(stored, [[("analysis_started", at())], []])
    with source_of(stored).read() as reader:
        steps = funnel_of(reader)
    assert steps["analysis_started"]["count"] == 1
    assert steps["previews_viewed"]["count"] is None
    assert steps["previews_viewed"]["step_conversion"] is None


def test_a_step_between_that_was_never_recorded_does_not_end_the_chain(stored: Parameters) -> None:
    store(stored, [[("analysis_started", at()), ("previews_viewed", at(minutes=1))]])
    with source_of(stored).read() as reader:
        steps = funnel_of(reader)
    assert steps["analysis_completed"]["count"] is None
    assert steps["previews_viewed"]["count"] == 1
    assert steps["previews_viewed"]["step_conversion"] == 1.0


def test_a_step_recorded_only_after_what_is_looked_at_is_not_recorded(stored: Parameters) -> None:
    beyond = START + timedelta(days=1) + DEFAULT_WINDOW
    store(stored, [[("analysis_started", at()), ("registration", beyond)]])
    day = {"start_at": START - timedelta(days=1), "end_at": START + timedelta(days=1)}
    with source_of(stored).read() as reader:
        assert funnel_of(reader, **day)["registration"]["count"] is None
        assert funnel_of(reader)["registration"]["count"] == 0


WAY = [("analysis_started", at()), ("audience_selected", at(minutes=1))]
GENERATED = ("content_generated", at(minutes=5))


@pytest.mark.parametrize(
    ("history", "registered", "paid"),
    [
        ([*WAY, ("registration", at(minutes=2)), GENERATED], 1, 0),
        ([*WAY, GENERATED, ("registration", at(minutes=9))], 1, 0),
        ([*WAY, GENERATED, ("first_payment", at(minutes=9))], 0, 1),
        ([("registration", at()), *WAY, GENERATED], 0, 0),
        ([*WAY, GENERATED, ("registration", at(days=30, seconds=1))], 0, 0),
    ],
    ids=["before content", "after content", "paid without", "too early", "after the window"],
)
def test_an_optional_step_counts_after_the_required_one_before_it_or_is_missing(
    stored: Parameters, history: History, registered: int, paid: int
) -> None:
    elsewhere = [("registration", at()), ("first_payment", at())]
    store(stored, [history, elsewhere])
    with source_of(stored).read() as reader:
        steps = funnel_of(reader)
    assert steps["content_generated"]["count"] == 1
    assert (steps["registration"]["count"], steps["first_payment"]["count"]) == (registered, paid)
    assert steps["registration"]["optional"]


def test_a_step_that_nobody_of_the_period_reached_is_zero_and_divides_nothing(
    stored: Parameters,
) -> None:
    store(stored, [[("analysis_completed", at())], [("previews_viewed", at())]])
    with source_of(stored).read() as reader:
        steps = funnel_of(reader)
    assert steps["analysis_completed"]["count"] == 1
    assert steps["previews_viewed"]["count"] == 0
    store(stored, [[("analysis_completed", at()), ("analysis_started", at(hours=1))]])
    with source_of(stored).read() as reader:
        funnel = recorded(reader, Filters(end_at=START), load_plan())
    assert funnel.leads == 0
    assert funnel.recorded["count"].tolist() == [0, 0]
    assert funnel.recorded["step_conversion"].isna().all()
    assert funnel.recorded["overall_conversion"].isna().all()


def test_the_step_whose_recording_began_inside_the_range_is_named(stored: Parameters) -> None:
    store(stored, [[("analysis_started", at()), ("registration", at(days=2))]], created=START)
    with source_of(stored).read() as reader:
        funnel = recorded(reader, Filters(start_at=at(days=-1)), load_plan())
        later = recorded(reader, Filters(start_at=at(days=3)), load_plan())
        before = recorded(reader, Filters(at(days=-1), at(days=1)), load_plan())
    assert funnel.begun_inside["step"].tolist() == ["analysis_started", "registration"]
    assert later.begun_inside.empty
    assert before.begun_inside["step"].tolist() == ["analysis_started"]
    assert before.begun_after["step"].tolist() == ["registration"]
