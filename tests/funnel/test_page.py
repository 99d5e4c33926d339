"""The Funnel page, its words and its figure."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.funnel.data import Funnel
from dashboard.funnel.figures import funnel_chart
from dashboard.funnel.headline import beside_headline, headline
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.question import FunnelQuestion
from dashboard.shared.filters import Filters
from dashboard.shared.theme import DARK, LIGHT
from tests.conftest import Parameters
from tests.funnel.test_recorded import at, store

OpenApp = Callable[..., AppTest]


def funnel(counts: list[int | None], leads: int = 100) -> Funnel:
    """Make a funnel of those counts, as data.recorded would."""
    steps = pd.DataFrame({
        "step": [f"s{n}" for n in range(len(counts))],
        "label": [f"Step {n}" for n in range(len(counts))],
        "count": pd.array(counts, dtype="Int64"),
    })  # fmt: skip
    reached = steps["count"].dropna().astype("float64")
    steps["of_previous"] = reached / reached.shift()
    steps["of_first"] = reached / (reached.iloc[0] if len(reached) else 1)
    steps["with_event"] = steps["count"].fillna(0)
    steps["first_at"] = datetime(2026, 1, 1)
    prepared = Prepared(FunnelQuestion("recorded"), Filters(), datetime(2026, 1, 2), steps, {})
    return Funnel(prepared, leads, datetime(2026, 1, 1), steps)


@pytest.mark.parametrize(
    ("counts", "leads", "words"),
    [
        ([100, 40], 200, "40 of 100 leads (40.0 %) reached “Step 1”"),
        ([3, 1], 9, "1 of 3 leads reached “Step 1”"),
        ([5, None, None], 9, "5 leads reached “Step 0”"),
        ([0, 0], 9, "No lead reached “Step 0”"),
        ([None, None], 9, "None of the 2 steps was recorded"),
        ([0, 0], 0, "No lead was created in this period"),
    ],
)
def test_the_headline_says_what_came_through(
    counts: list[int | None], leads: int, words: str
) -> None:
    assert headline(funnel(counts, leads)) == words


def test_the_largest_drop_is_named_by_leads_not_by_percent() -> None:
    assert "between “Step 0” and “Step 1”: 500 leads" in beside_headline(funnel([1000, 500, 50]))


def test_a_step_that_was_not_recorded_is_no_drop() -> None:
    words = beside_headline(funnel([1000, None, 900]))
    assert "between “Step 0” and “Step 2”: 100 leads" in words


def test_few_leads_are_said_to_be_few() -> None:
    assert "Too few leads" in beside_headline(funnel([3, 1]))
    assert "Too few leads" not in beside_headline(funnel([300, 100]))


@given(counts=st.lists(st.one_of(st.none(), st.integers(0, 10**7)), min_size=1, max_size=12))
def test_any_counts_give_words_and_a_figure_without_nan(counts: list[int | None]) -> None:
    counted = sorted((c for c in counts if c is not None), reverse=True)
    given_funnel = funnel([*counted] or [None])
    assert "nan" not in headline(given_funnel) + beside_headline(given_funnel)
    for colors in (LIGHT, DARK):
        shown = funnel_chart(given_funnel.steps, colors, "lead").to_json()
        assert "NaN" not in str(shown)


def test_a_step_never_recorded_has_words_instead_of_a_zero() -> None:
    figure = json.loads(str(funnel_chart(funnel([10, None]).steps, LIGHT, "lead").to_json()))
    assert figure["data"][0]["text"] == ["10 · 100 %", "not recorded"]


def test_the_page_shows_the_counted_steps(open_app: OpenApp, tables: Parameters) -> None:
    now = datetime.now()
    both = [("analysis_started", now), ("analysis_completed", now + timedelta(minutes=1))]
    store(tables, [both, both[:1], []], created=now)
    app = open_app(tables, "funnel")
    assert not app.exception
    assert app.title[0].value == "1 of 2 leads reached “Analysis completed”"
    shown = app.dataframe[0].value
    assert shown["count"].dropna().tolist() == [2, 1]
    assert len(shown) == 9


def test_start_where_recording_began(open_app: OpenApp, tables: Parameters) -> None:
    begin = at(days=20)
    store(tables, [[("analysis_started", begin)], []])
    app = open_app(tables, "funnel")
    (start,) = [each for each in app.button if each.label.startswith("Start on")]
    start.click().run()
    assert not app.exception
    assert app.selectbox(key="range").value == "own days"
    assert app.date_input(key="from").value == begin.date()


def test_a_period_without_leads_shows_no_empty_chart(open_app: OpenApp, tables: Parameters) -> None:
    app = open_app(tables, "funnel")
    assert app.title[0].value == "No lead was created in this period"
    assert not app.dataframe
