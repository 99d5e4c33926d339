"""Time to convert: the same times as the oracle's chains, within the same window."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given

from dashboard.funnel.question import FunnelQuestion
from dashboard.funnel.times.data import Durations, durations
from dashboard.model.filters import Filters
from tests.conftest import Parameters
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
    followed,
    questions,
    reading,
    store,
    tables_of,
)
from tests.matching.oracle import Lead


def measured(
    parameters: Parameters, question: FunnelQuestion, filters: Filters | None = None
) -> Durations:
    filters = filters or Filters()
    with reading(parameters) as reader:
        return durations(reader, filters, ask_in(reader, question, filters).prepared)


@examples(20)
@given(worlds=WORLDS, question=questions(), filters=FILTERS)
def test_the_times_of_random_histories_are_those_of_the_oracle_s_chains(
    stored: Parameters, worlds: list[World], question: FunnelQuestion, filters: dict[str, Any]
) -> None:
    leads, events = tables_of(worlds)
    store(stored, leads, events)
    found = measured(stored, question, Filters(**filters))
    journeys, made = followed(leads, events, question, Filters(**filters))
    right = oracle.spans(journeys, made.required)
    rows = {row["step"]: row for row in found.times.to_dict("records")}
    assert rows.keys() == right.keys()
    for step, seconds in right.items():
        row, binned = rows[step], found.distribution[found.distribution["step"] == step]
        assert row["units"] == binned["units"].sum() == len(seconds)
        assert row["p50"] == pytest.approx(oracle.percentile(seconds, 0.5))
        assert row["p90"] == pytest.approx(oracle.percentile(seconds, 0.9))
        for each in binned.fillna({"to_seconds": float("inf")}).to_dict("records"):
            inside = [each["from_seconds"] <= x < each["to_seconds"] for x in seconds]
            assert each["units"] == sum(inside) > 0


def test_the_whole_funnel_comes_last_in_each_part_of_a_breakdown(stored: Parameters) -> None:
    leads = [Lead(UUID(int=number), START, None, f"{number}.example") for number in (1, 2)]
    store(
        stored,
        leads,
        [
            Event(step, START + timedelta(minutes=number * lead.id.int), lead.id)
            for lead in leads
            for number, step in enumerate(STEPS[:3])
        ],
        **{str(UUID(int=1)): "paid"},
    )
    question = FunnelQuestion(steps=tuple(STEPS[:3]), breakdown="lead_source")
    times = measured(stored, question).times
    assert times[["value", "label", "p50"]].to_dict("split")["data"] == [
        ["paid", "Analysis completed", 60],
        ["paid", "Previews viewed", 60],
        ["paid", "first to last", 120],
        ["(none)", "Analysis completed", 120],
        ["(none)", "Previews viewed", 120],
        ["(none)", "first to last", 240],
    ]


def test_without_rows_there_are_no_times(stored: Parameters) -> None:
    store(stored, [], [])
    found = measured(stored, FunnelQuestion())
    assert (len(found.times), len(found.distribution)) == (0, 0)
