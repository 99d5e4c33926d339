"""The trend: periods of the workspace zone, whose units add up to the funnel's first step."""

from datetime import date, datetime, timedelta
from typing import get_args
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dashboard.funnel.data import Funnel
from dashboard.funnel.question import FunnelQuestion
from dashboard.funnel.trend.data import funnel_trend
from dashboard.model.filters import Filters, day_filters
from dashboard.model.periods import Grain
from dashboard.model.statistics import wilson
from tests.conftest import Parameters
from tests.examples import examples
from tests.funnel import oracle
from tests.funnel.proofs_oracle import Event
from tests.funnel.worlds import (
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

ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
# Midnights in UTC around the days on which clocks change, there and here; and the changes.
MOMENTS = [
    *(datetime(2026, 3, 28, 23), datetime(2026, 3, 29, 1), datetime(2026, 3, 29, 22)),
    *(datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 1), datetime(2026, 10, 25, 23)),
    *(datetime(2026, 3, 8, 5), datetime(2026, 3, 8, 7), datetime(2026, 3, 9, 4)),
    *(datetime(2026, 10, 31, 18, 15), datetime(2026, 11, 1, 4), datetime(2026, 11, 2, 5)),
]


def asked(
    parameters: Parameters, question: FunnelQuestion, filters: Filters, grain: Grain
) -> tuple[Funnel, pd.DataFrame]:
    with reading(parameters) as reader:
        funnel = ask_in(reader, question, filters)
        return funnel, funnel_trend(reader, filters, funnel.prepared, grain)


def followed_to_each(
    parameters: Parameters, funnel: Funnel, grain: Grain
) -> dict[int, pd.DataFrame]:
    """Return the trend of each required step after the first, by its number."""
    with reading(parameters) as reader:
        return {
            number: funnel_trend(reader, funnel.filters, funnel.prepared, grain, step)
            for number, step in enumerate(funnel.prepared.required[1:], 2)
        }


PERIODS = st.builds(
    day_filters,
    st.sampled_from([None, date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25)]),
    st.sampled_from([None, date(2026, 10, 25), date(2026, 11, 1)]),
    st.sampled_from([None, datetime(2026, 10, 26), datetime(2026, 11, 2, 5, 0, 43)]),
    ZONES.map(ZoneInfo),
)


@examples(20)
@given(worlds=WORLDS, question=questions(), filters=PERIODS, grain=st.sampled_from(get_args(Grain)))
def test_random_histories_fall_into_the_periods_that_the_oracle_puts_them_in(
    stored: Parameters,
    worlds: list[World],
    question: FunnelQuestion,
    filters: Filters,
    grain: Grain,
) -> None:
    leads, events = tables_of(worlds, MOMENTS)
    store(stored, leads, events)
    funnel, found = asked(stored, question, filters, grain)
    # Some begin so late that their window may be over by now: the oracle needs the same now.
    journeys, made = followed(leads, events, question, filters, funnel.prepared.clock)
    assert counts_of(found) == oracle.trend(journeys, made, grain, filters.zone)
    for number, rows in followed_to_each(stored, funnel, grain).items():
        assert counts_of(rows) == oracle.trend(journeys, made, grain, filters.zone, number)
    if funnel.prepared.required:
        steps = funnel.steps.set_index("step")
        first_step, last_step = funnel.prepared.required[0], funnel.prepared.required[-1]
        assert found["first"].sum() == steps.loc[first_step, "count"]
        assert found["first_closed"].sum() == steps.loc[first_step, "closed"]
        assert found["last"].sum() == steps.loc[last_step, "count"]
    for row in found.to_dict("records"):
        assert row["closed"] == (row["first"] == row["first_closed"])
        interval = wilson(row["last_closed"], row["first_closed"])
        assert interval == (None if pd.isna(row["low"]) else (row["low"], row["high"]))


def counts_of(rows: pd.DataFrame) -> dict[date, tuple[int, ...]]:
    columns = ["first", "last", "first_closed", "last_closed"]
    return {
        row["period"].date(): tuple(row[name] for name in columns)
        for row in rows.to_dict("records")
    }


def test_the_parts_of_a_breakdown_have_trends_of_their_own(stored: Parameters) -> None:
    leads = [
        Lead(UUID(int=number), START + timedelta(days=number), None, f"{number}.example")
        for number in range(3)
    ]
    store(
        stored,
        leads,
        [Event(STEPS[0], each.created_at, each.id) for each in leads],
        **{str(UUID(int=number)): "paid" for number in (0, 1)},
    )
    question = FunnelQuestion(steps=(STEPS[0],), breakdown="lead_source")
    _, found = asked(stored, question, Filters(), "day")
    assert found["value"].tolist() == ["paid", "paid", "(none)"]
    assert found["period"].dt.day.tolist() == [29, 30, 31]
