"""All corrections, units and options: SQL against the oracle, and what must always hold."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dashboard.database.reading import COUNT, Reader
from dashboard.funnel.data import CLOSED_RATE, CONVERSIONS, Funnel
from dashboard.funnel.question import CORRECTIONS, FunnelQuestion
from dashboard.model.filters import Filters
from tests.conftest import Parameters
from tests.examples import examples
from tests.funnel import oracle
from tests.funnel.oracle import Asked, Journey
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import (
    FILTERS,
    START,
    STEPS,
    WINDOW,
    WORLDS,
    World,
    ask_in,
    asked,
    first_leads,
    followed,
    questions,
    reading,
    store,
    tables_of,
)
from tests.matching.oracle import Lead

# Bits of a step in the rows of funnel/journeys.sql.
KNOWN = ["has", "lost", "out_of_order", "by_lead", "implied", "fits"]


@examples(60)
@given(worlds=WORLDS, question=questions(), filters=FILTERS)
def test_random_histories_are_followed_and_counted_as_the_oracle_does(
    stored: Parameters, worlds: list[World], question: FunnelQuestion, filters: dict[str, Any]
) -> None:
    leads, events = tables_of(worlds)
    store(stored, leads, events)
    with reading(stored) as reader:
        found = ask_in(reader, question, Filters(**filters))
        chains = journeys_of(reader, found)
    journeys, made = followed(leads, events, question, Filters(**filters))
    first = first_leads(leads, question, Filters(**filters))
    assert {first.get(unit, unit): row for unit, row in chains.items()} == {
        str(each.unit.id): as_row(each, found)
        for each in journeys
        if each.has or each.lost or each.by_lead
    }
    assert counted(found) == expected(journeys, made, found)
    holds_always(found)


def journeys_of(reader: Reader, funnel: Funnel) -> dict[str, tuple[Any, ...]]:
    """Return each unit's chain, what is known of the steps, and whether the window is over."""
    dtypes = {"unit_id": "string", "times": "object", **dict.fromkeys(KNOWN, COUNT)}
    rows = funnel.prepared.frame(reader, "funnel/journeys", {**dtypes, "is_closed": "bool"})
    assert rows["unit_id"].is_unique
    return {
        row["unit_id"]: (row["times"], *(int(row[name]) for name in KNOWN), row["is_closed"])
        for row in rows.to_dict("records")
    }


def as_row(journey: Journey, funnel: Funnel) -> tuple[Any, ...]:
    """Write what the oracle found as the SQL does: step k is bit k - 1."""
    sets = [journey.has, journey.lost, journey.late, journey.by_lead, journey.implied, journey.fits]
    slots = funnel.prepared.slots
    bits = [sum(1 << slots.index(name) for name in names) for names in sets]
    return [*journey.times], *bits, journey.over


def expected(journeys: list[Journey], made: Asked, funnel: Funnel) -> dict[str, dict[str, int]]:
    counts = oracle.funnel(journeys, made)
    return {step: counts.get(step, {"with_event": 0}) for step in funnel.steps["step"]}


def counted(funnel: Funnel) -> dict[str, dict[str, int]]:
    return {
        row["step"]: {"with_event": int(row["with_event"])}
        if pd.isna(row["count"])
        else {name: 0 if pd.isna(row[name]) else int(row[name]) for name in oracle.COUNTS}
        for row in funnel.steps.to_dict("records")
    }


SOURCES = [f"source {number}" for number in range(12)]


@examples(15)
@given(
    worlds=WORLDS,
    question=questions(),
    filters=FILTERS,
    picked=st.lists(st.sampled_from([None, " ", *SOURCES]), min_size=250, max_size=250),
)
def test_the_parts_of_a_breakdown_add_up_to_the_funnel_without_it(
    stored: Parameters,
    worlds: list[World],
    question: FunnelQuestion,
    filters: dict[str, Any],
    picked: list[str | None],
) -> None:
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
    recorded = asked(stored, FunnelQuestion("raw", breakdown="lead_source"))
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
        for step in STEPS
        for n in range(3000)
    ]
    store(stored, [lead], [*late, Event(STEPS[-1], START, lead.id)])
    for each in CORRECTIONS:
        # Tried pair by pair it would run into the statement's time-out.
        funnel = asked(stored, FunnelQuestion(each, steps=tuple(STEPS), window=WINDOW))
        assert funnel.steps["count"].tolist() == [1] * 7


def holds_always(funnel: Funnel) -> None:
    for rows in [funnel.steps] + ([] if funnel.breakdown is None else [funnel.breakdown]):
        for name in [*CONVERSIONS, *CLOSED_RATE]:
            assert rows[name].dropna().between(0, 1).all()
        known = rows.dropna(subset="count")
        assert (
            known["count"] == known[["converted", "dropped_off", "in_progress"]].sum(axis=1)
        ).all()
        bounded = known.dropna(subset="low")
        assert (bounded["low"] <= bounded["closed_rate"]).all()
        assert (bounded["closed_rate"] <= bounded["high"]).all()
    assert "nan" not in repr(funnel.as_json()).lower()
