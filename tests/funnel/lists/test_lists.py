"""Lists of units: every figure of the steps table opens to exactly the units it counts."""

from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dashboard.database.reading import Reader
from dashboard.funnel.anomalies.data import ORPHANED, stray_events
from dashboard.funnel.data import Funnel
from dashboard.funnel.lists.data import ListedOutcome, listed
from dashboard.funnel.question import FunnelQuestion
from dashboard.model.filters import Filters
from tests.conftest import Parameters, execute
from tests.examples import examples
from tests.funnel import oracle
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import (
    FILTERS,
    START,
    STEPS,
    WORLDS,
    World,
    ask_in,
    first_leads,
    followed,
    questions,
    reading,
    store,
    tables_of,
)
from tests.matching.oracle import Lead

# Those of the steps table; tests/funnel/drops has the other one.
OUTCOMES: list[ListedOutcome] = [each for each in get_args(ListedOutcome) if each != "not_in_time"]
EASY = examples(15)


def total(reader: Reader, funnel: Funnel, step: str, outcome: ListedOutcome, **more: Any) -> int:
    return listed(reader, funnel.filters, funnel.prepared, step, outcome, **more).total


@EASY
@given(worlds=WORLDS, question=questions(), filters=FILTERS)
def test_a_list_has_the_units_that_the_oracle_puts_there(
    stored: Parameters, worlds: list[World], question: FunnelQuestion, filters: dict[str, Any]
) -> None:
    leads, events = tables_of(worlds)
    store(stored, leads, events)
    journeys, made = followed(leads, events, question, Filters(**filters))
    first = first_leads(leads, question, Filters(**filters))
    with reading(stored) as reader:
        funnel = ask_in(reader, question, Filters(**filters))
        counts = funnel.steps.set_index("step")[[*OUTCOMES]].fillna(0)
        for step in funnel.prepared.slots:
            for outcome in OUTCOMES:
                found = listed(reader, funnel.filters, funnel.prepared, step, outcome)
                right = {
                    str(each.unit.id)
                    for each in journeys
                    if outcome in oracle.marks(each, step, made)
                }
                units = {first.get(unit, unit) for unit in found.rows["lead_id"]}
                assert (found.total, units) == (len(right), right)
                assert found.total == counts.loc[step, outcome], (step, outcome)


@EASY
@given(
    worlds=WORLDS,
    question=questions(),
    filters=FILTERS,
    picked=st.lists(st.sampled_from([None, "a", "b", "c"]), min_size=250, max_size=250),
)
def test_each_figure_of_each_part_of_a_breakdown_is_as_long_as_its_list(
    stored: Parameters,
    worlds: list[World],
    question: FunnelQuestion,
    filters: dict[str, Any],
    picked: list[str | None],
) -> None:
    question = FunnelQuestion(
        question.correction,
        question.unit,
        tuple(STEPS[:2]),
        window=question.window,
        breakdown="lead_source",
    )
    leads, events = tables_of(worlds)
    store(stored, leads, events, **dict(zip((str(x.id) for x in leads), picked, strict=False)))
    with reading(stored) as reader:
        funnel = ask_in(reader, question, Filters(**filters))
        assert funnel.breakdown is not None
        parts = funnel.breakdown.dropna(subset="count")
        for value, step in zip(parts["value"], parts["step"], strict=True):
            row = parts[(parts["value"] == value) & (parts["step"] == step)].iloc[0]
            for outcome in OUTCOMES:
                found = total(reader, funnel, step, outcome, value_position=row["position"])
                assert found == (0 if pd.isna(row[outcome]) else row[outcome]), (value, step)


def test_a_list_is_cut_and_says_how_many_there_are(stored: Parameters) -> None:
    leads = [Lead(UUID(int=n), START + timedelta(seconds=n), "s") for n in range(1, 5)]
    store(stored, leads, [Event(STEPS[0], START, each.id) for each in leads])
    with reading(stored) as reader:
        funnel = ask_in(reader, FunnelQuestion("raw"), Filters())
        cut, whole = (
            listed(reader, funnel.filters, funnel.prepared, STEPS[0], "count", row_limit=limit)
            for limit in (3, None)
        )
    assert (cut.total, cut.rows["lead_id"].tolist()) == (4, [str(UUID(int=n)) for n in (4, 3, 2)])
    assert len(whole.rows) == 4


def test_a_placeholder_is_called_as_its_organization(stored: Parameters) -> None:
    leads = [Lead(UUID(int=n), START, f"s{n}") for n in (1, 2)]
    store(stored, leads, [Event(STEPS[0], START, each.id) for each in leads])
    execute(
        stored,
        f"insert into organizations (id, name, session_id) values ('{UUID(int=7)}', 'Gloop', 's1')",
    )
    execute(stored, "update website_leads set business_name = 'Unknown Business'")
    execute(
        stored,
        f"update website_leads set organization_id = '{UUID(int=7)}' where id = '{UUID(int=1)}'",
    )
    with reading(stored) as reader:
        funnel = ask_in(reader, FunnelQuestion("matched"), Filters())
        rows = listed(reader, funnel.filters, funnel.prepared, STEPS[0], "count").rows
    assert rows["business_name"].tolist() == ["Gloop", "Unknown Business"]


def test_nobody_listed_is_an_empty_list(stored: Parameters) -> None:
    lead = Lead(UUID(int=1), START, "s")
    store(stored, [lead], [Event(STEPS[0], START, lead.id)])
    with reading(stored) as reader:
        funnel = ask_in(reader, FunnelQuestion(), Filters())
        found = listed(reader, funnel.filters, funnel.prepared, STEPS[0], "lost_at_least")
    assert (found.total, len(found.rows)) == (0, 0)


@EASY
@given(worlds=WORLDS, question=questions(), filters=FILTERS)
def test_an_orphaned_event_is_one_that_the_oracle_gives_to_no_unit(
    stored: Parameters, worlds: list[World], question: FunnelQuestion, filters: dict[str, Any]
) -> None:
    # Every submission is looked at: missing visitors and organizations orphan no event.
    question = FunnelQuestion(question.correction, "submission", question.steps)
    leads, events = tables_of(worlds)
    store(stored, leads, events)
    everything = Filters(as_of=filters["as_of"])
    journeys, made = followed(leads, events, question, everything)
    asked = {*made.required, *made.optional}
    had = sum(step in asked for each in journeys for step, _ in each.unit.history)
    before = filters["as_of"]
    written = [each for each in events if each.step in asked]
    with reading(stored) as reader:
        funnel = ask_in(reader, question, everything)
        found = stray_events(reader, everything, funnel.prepared)
    orphaned = found[found["kind"] == ORPHANED]
    kept = [each for each in written if before is None or each.at < before]
    assert len(orphaned) == len(kept) - had
