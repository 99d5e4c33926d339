"""All readings, units and options: SQL against the oracle, and what must always hold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

import pandas as pd
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.funnel.data import LOSSES, SHARES, Funnel, ask
from dashboard.funnel.question import DEFAULT_WINDOW, READINGS, FunnelQuestion, Reading, Unit
from dashboard.shared.filters import Filters
from dashboard.shared.merging import Pairing
from dashboard.shared.tracking_plan import load_plan
from queries import load
from tests.conftest import Parameters, execute, source_of
from tests.funnel import oracle
from tests.funnel.oracle import Asked, Event, Lead, Rules

START = datetime(2026, 3, 29, 0, 30)
WINDOW = timedelta(hours=1)
NEAR = timedelta(minutes=5)
RULES = Rules(NEAR, timedelta(seconds=42), timedelta(seconds=5))
PAIRING = Pairing(NEAR, 1, RULES.usual, timedelta())
PLAN = load_plan()
STEPS = [*PLAN.names[:5], "project_saved"]
World = tuple[list[tuple[float, int | None]], list[tuple[str, float, int | None, int | None]]]


@pytest.fixture(scope="module")
def stored(new_database: Callable[[], Parameters]) -> Parameters:
    parameters = new_database()
    execute(parameters, load("schema/tables").sql)
    execute(parameters, "alter table website_leads drop constraint "
            "website_leads_organization_id_fkey")  # fmt: skip
    return parameters


def store(parameters: Parameters, leads: list[Lead], events: list[Event], **more: Any) -> None:
    with psycopg.connect(**parameters) as connection, connection.cursor() as cursor:
        cursor.execute("truncate conversion_tracking, website_leads, organizations")
        columns = "(id, created_at, session_id, website_url, organization_id, lead_source)"
        with cursor.copy(f"copy website_leads {columns} from stdin".encode()) as copy:
            for lead in leads:
                copy.write_row((
                    lead.id, lead.created_at, lead.session_id, lead.website_url,
                    lead.organization_id, more.get(str(lead.id)),
                ))  # fmt: skip
        columns = "(website_lead_id, conversion_step, step_completed_at, session_id)"
        with cursor.copy(f"copy conversion_tracking {columns} from stdin".encode()) as copy:
            for event in events:
                copy.write_row((event.lead_id, event.step, event.at, event.session_id))


def asked(parameters: Parameters, question: FunnelQuestion, **filters: Any) -> Funnel:
    source = source_of(parameters)
    with source.read() as reader:
        found = ask(reader, Filters(**filters), PLAN, question, pairing=PAIRING)
    source.engine.dispose()
    return found


# Few distinct times near each edge: ties, the 2 s tolerance, the window, pairs, races and bounds.
AT = st.sampled_from([-4, -3, -2, 0, 1, 2, 3, 42, 43, 44, 60, 84, 299, 301, 1800, 3599, 3600, 3601,
                      3642, 7200]).map(float)  # fmt: skip
LEADS = st.lists(st.tuples(AT, st.sampled_from([0, 0, 1, 2, None, None])), max_size=5)
# step, time, the number of its lead (None: without lead), the number of its session
EVENTS = st.lists(
    st.tuples(
        st.sampled_from([*STEPS, *STEPS[:3], "other"]), AT,
        st.sampled_from([0, 0, 0, 1, 2, None]), st.sampled_from([None, 0, 1]),
    ), max_size=9,
)  # fmt: skip
WORLDS = st.lists(st.tuples(LEADS, EVENTS), min_size=50, max_size=50)


@st.composite
def questions(draw: st.DrawFn) -> FunnelQuestion:
    pairs: list[tuple[Reading, Unit]] = [
        ("recorded", "submission"), ("merged", "submission"), ("repaired", "submission"),
        ("repaired", "submission"), ("repaired", "visitor"), ("repaired", "organization"),
    ]  # fmt: skip
    reading, unit = draw(st.sampled_from(pairs))
    steps = draw(st.sampled_from([
        (), tuple(STEPS), tuple(STEPS[:3]), ("analysis_started", "other", "content_generated"),
        ("analysis_completed", "audience_selected", "previews_viewed"),
    ]))  # fmt: skip
    optional = draw(st.sets(st.sampled_from(["previews_viewed", "audience_selected"])))
    window = draw(st.sampled_from([WINDOW, DEFAULT_WINDOW, None]))
    return FunnelQuestion(
        reading, unit, steps, frozenset(optional & {*(steps or STEPS)}), window
    )  # fmt: skip


FILTERS = st.fixed_dictionaries({
    "start_at": st.sampled_from([None, START, START + timedelta(seconds=1)]),
    "end_at": st.sampled_from([None, START + timedelta(seconds=44), START + timedelta(hours=1)]),
    "as_of": st.sampled_from([None, None, START + timedelta(hours=1, seconds=43)]),
})  # fmt: skip


def tables_of(worlds: list[World]) -> tuple[list[Lead], list[Event]]:
    """Every world has a website and sessions of its own; organizations span two of them."""
    leads: list[Lead] = []
    events: list[Event] = []
    for number, (rows, happened) in enumerate(worlds):
        own = [
            Lead(
                UUID(int=number * 16 + position + 1), START + timedelta(seconds=second),
                None if session is None else f"s{session}-{number}",
                # A session's second website, now and then.
                f"w{number}{'x' * (session == 2)}.example",
                UUID(int=number // 2 + 1) if position % 3 != 2 else None,
            )
            for position, (second, session) in enumerate(rows)
        ]  # fmt: skip
        leads += own
        events += [
            Event(
                step, START + timedelta(seconds=second),
                own[lead].id if lead is not None and lead < len(own) else None,
                None if session is None else f"s{session}-{number}",
            )
            for step, second, lead, session in happened
        ]  # fmt: skip
    return leads, events


def for_oracle(
    leads: list[Lead], events: list[Event], question: FunnelQuestion, filters: dict[str, Any]
) -> tuple[list[Lead], list[Event], Rules, Asked]:
    as_of, end = filters["as_of"], filters["end_at"]
    leads = [each for each in leads if not as_of or each.created_at < as_of]
    events = [each for each in events if not as_of or each.at < as_of]
    until = end + question.window if end and question.window else datetime.max
    known = {each.step for each in events if each.at < until}
    steps = [each for each in question.steps or PLAN.names if each in known]
    required = [each for each in steps if each not in question.optional]
    optional = {
        each: sum(steps.index(x) < steps.index(each) for x in required)
        for each in steps if each in question.optional
    }  # fmt: skip
    implies = {name: PLAN.implied(name) for name in PLAN.names}
    return leads, events, RULES, Asked(
        question.reading, question.unit, required, optional, question.window,
        as_of or datetime(2026, 11, 1), implies, filters["start_at"], end,
    )  # fmt: skip


def expected(
    leads: list[Lead], events: list[Event], question: FunnelQuestion, filters: dict[str, Any]
) -> dict[str, dict[str, int] | None]:
    counts = oracle.funnel(*for_oracle(leads, events, question, filters))
    return {step: counts.get(step) for step in question.steps or PLAN.names}


def counted(funnel: Funnel) -> dict[str, dict[str, int] | None]:
    return {
        row["step"]: None if pd.isna(row["count"]) else {
            name: 0 if pd.isna(row[name]) else int(row[name]) for name in oracle.COUNTS
        }
        for row in funnel.steps.to_dict("records")
    }  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck], derandomize=True)
@given(worlds=WORLDS, question=questions(), filters=FILTERS)
def test_3000_random_histories_are_counted_as_the_oracle_counts_them(
    stored: Parameters, worlds: list[World], question: FunnelQuestion, filters: dict[str, Any]
) -> None:
    leads, events = tables_of(worlds)
    store(stored, leads, events)
    found = asked(stored, question, **filters)
    right = expected(leads, events, question, filters)
    if question.reading == "recorded":
        untold = dict.fromkeys(LOSSES, 0)
        right = {step: counts and counts | untold for step, counts in right.items()}
    assert counted(found) == right
    holds_always(found)


SOURCES = [f"source {number}" for number in range(12)]


@settings(max_examples=15, deadline=None, suppress_health_check=[*HealthCheck], derandomize=True)
@given(
    worlds=WORLDS, question=questions(), filters=FILTERS,
    picked=st.lists(st.sampled_from([None, " ", *SOURCES]), min_size=250, max_size=250),
)  # fmt: skip
def test_the_parts_of_a_breakdown_add_up_to_the_funnel_without_it(
    stored: Parameters, worlds: list[World], question: FunnelQuestion, filters: dict[str, Any],
    picked: list[str | None],
) -> None:  # fmt: skip
    leads, events = tables_of(worlds)
    sources = dict(zip((str(lead.id) for lead in leads), picked, strict=False))
    store(stored, leads, events, **sources)
    plain = asked(stored, question, **filters)
    parts = asked(stored, replace(question, breakdown="lead_source"), **filters)
    assert counted(parts) == counted(plain)
    holds_always(parts)
    assert parts.breakdown is not None
    values = parts.breakdown["value"].drop_duplicates().tolist()
    assert len(set(values) - {"(none)", "Other"}) <= 10
    assert ("Other" in values) <= (len(set(values) - {"(none)", "Other"}) == 10)
    for value in values[:2] if "Other" not in values[:2] else []:
        only = asked(stored, replace(question, filters={"lead_source": (value,)}), **filters)
        part = parts.breakdown[parts.breakdown["value"] == value]
        assert counted(only) == counted(replace(parts, steps=part))


def test_a_value_is_that_of_the_first_lead_that_has_one(stored: Parameters) -> None:
    leads = [
        Lead(UUID(int=1), START, "s", "a.example"),
        Lead(UUID(int=2), START + timedelta(seconds=42), None, "a.example"),
    ]
    event = Event("analysis_started", START, UUID(int=1))
    store(stored, leads, [event], **{str(UUID(int=2)): "paid"})
    funnel = asked(stored, FunnelQuestion(breakdown="lead_source"))
    assert funnel.breakdown is not None
    assert funnel.breakdown["value"].unique().tolist() == ["paid"]
    recorded = asked(stored, FunnelQuestion("recorded", breakdown="lead_source"))
    assert recorded.breakdown is not None
    assert recorded.breakdown.query("count == 1")["value"].tolist() == ["(none)"]


def test_visitors_and_organizations_that_are_missing_are_counted_apart(stored: Parameters) -> None:
    leads = [
        Lead(UUID(int=1), START, None, "a.example"),
        Lead(UUID(int=2), START, "s", "b.example"),
    ]
    store(stored, leads, [Event("analysis_started", START, each.id) for each in leads])
    visitors = asked(stored, FunnelQuestion(unit="visitor"))
    organizations = asked(stored, FunnelQuestion(unit="organization"))
    assert (visitors.steps["count"].max(), visitors.left_out) == (1, 1)
    assert (organizations.steps["count"].max(), organizations.left_out) == (0, 2)


def test_nothing_is_paired_where_no_lead_without_session_carries_a_step(stored: Parameters) -> None:
    leads = [
        Lead(UUID(int=1), START, "s", "a.example"),
        Lead(UUID(int=2), START + timedelta(seconds=42), None, "a.example"),
    ]
    store(stored, leads, [Event("analysis_started", START, UUID(int=1))])
    assert asked(stored, FunnelQuestion()).prepared.binds["lead_ids"] == []
    store(stored, leads, [Event("analysis_started", START, UUID(int=2))])
    assert asked(stored, FunnelQuestion()).prepared.binds["lead_ids"] == [str(UUID(int=2))]


def test_one_visitor_with_3000_repeats_of_each_step_is_followed_at_once(stored: Parameters) -> None:
    lead = Lead(UUID(int=1), START, "s", "a.example")
    late = [
        Event(step, START + timedelta(hours=2, seconds=n), lead.id)
        for step in STEPS for n in range(3000)
    ]  # fmt: skip
    store(stored, [lead], [*late, Event(STEPS[-1], START, lead.id)])
    for reading in READINGS:
        begun = monotonic()
        funnel = asked(stored, FunnelQuestion(reading, steps=tuple(STEPS), window=WINDOW))
        assert funnel.steps["count"].tolist() == [1] * 6
        assert monotonic() - begun < 5


def holds_always(funnel: Funnel) -> None:
    for rows in [funnel.steps] + ([] if funnel.breakdown is None else [funnel.breakdown]):
        for name in SHARES:
            assert rows[name].dropna().between(0, 1).all()
        known = rows.dropna(subset="count")
        assert (known["count"] == known[["converted", "dropped", "in_progress"]].sum(axis=1)).all()
        bounded = known.dropna(subset="low")
        assert (bounded["low"] <= bounded["matured"]).all()
        assert (bounded["matured"] <= bounded["high"]).all()
    assert "nan" not in repr(funnel.as_json()).lower()
