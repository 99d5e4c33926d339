"""The Funnel page's first sentences, over made-up funnels."""

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.funnel.conversion.data import Conversion
from dashboard.funnel.data import Funnel
from dashboard.funnel.drops.data import Drop
from dashboard.funnel.figures import funnel_chart
from dashboard.funnel.headline import beside_headline, drop_sentences, funnel_headline
from dashboard.funnel.prepared import Prepared
from dashboard.funnel.question import FunnelQuestion
from dashboard.model.filters import Filters
from dashboard.ui.theme import DARK, LIGHT
from tests.examples import examples


def funnel(counts: list[int | None], leads: int = 100) -> Funnel:
    """Make a funnel of those counts, as data.recorded would."""
    steps = pd.DataFrame(
        {
            "step": [f"s{n}" for n in range(len(counts))],
            "label": [f"Step {n}" for n in range(len(counts))],
            "count": pd.array(counts, dtype="Int64"),
        }
    )
    reached = steps["count"].dropna().astype("float64")
    steps["step_conversion"] = reached / reached.shift()
    steps["overall_conversion"] = reached / (reached.iloc[0] if len(reached) else 1)
    steps["with_event"] = steps["count"].fillna(0)
    steps["first_at"] = datetime(2026, 1, 1)
    prepared = Prepared(FunnelQuestion("raw"), Filters(), datetime(2026, 1, 2), steps, {})
    return Funnel(prepared, leads, datetime(2026, 1, 1), steps)


def told(
    counts: list[int | None], over: list[int] | None = None, window: bool = True, leads: int = 100
) -> Funnel:
    """Make a funnel whose units dropped off where their window is closed, as data.ask would."""
    base = funnel(counts, leads)
    steps = base.steps
    steps["optional"] = False
    steps["closed"] = pd.array(over or [0] * len(counts), dtype="Int64")
    after = steps["count"].shift(-1)
    steps["converted"] = after.fillna(steps["count"])
    steps["dropped_off"] = (steps["closed"] - steps["closed"].shift(-1)).fillna(0).clip(lower=0)
    steps["in_progress"] = steps["count"] - steps["converted"] - steps["dropped_off"]
    first = over[0] if over and window else 0
    for name, shift in (("low", -0.01), ("closed_rate", 0.0), ("high", 0.01)):
        share = steps["closed"].astype("float64") / first if first else float("nan")
        steps[name] = share + shift
    question = FunnelQuestion(window=timedelta(days=30) if window else None)
    return replace(base, prepared=replace(base.prepared, question=question))


def rated(entered: int = 200, days: int = 30, closed: int | None = None) -> Conversion:
    """Make the conversion that goes with told([200, 80])."""
    within = timedelta(days=days)
    closed = entered if closed is None else closed
    return Conversion("s1", within, 0.4, 0.39, 0.41, entered, 120, closed, closed < entered)


def without_events(made: Funnel) -> Funnel:
    """Return a funnel whose units are known from their leads only."""
    return replace(made, steps=made.steps.assign(with_event=0))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            without_events(told([658, 658, 0])),
            "0 of 3 steps recorded; 658 submissions known from the lead only",
        ),
        (told([200, 80], [100, 40]), "80 of 200 submissions reached “Step 1” so far"),
        (told([9, 4], [3, 1]), "4 of 9 submissions reached “Step 1” so far"),
        (told([9, 4], [9, 4]), "4 of 9 submissions reached “Step 1”"),
        (told([200, 80], [100, 40], window=False), "80 of 200 submissions reached “Step 1”"),
        (told([5, None, None]), "5 submissions reached “Step 0”"),
        (told([0, 0]), "No submission reached “Step 0”"),
        (told([None, None]), "None of the 2 steps was recorded"),
        (
            told([None, 200, 80], [0, 100, 40]),
            "80 submissions reached “Step 2”; “Step 0” is not recorded",
        ),
        (
            told([None, None, None, 3, 3]),
            "3 submissions reached “Step 4”; “Step 0” and 2 other steps are not recorded",
        ),
        (told([0, 0], leads=0), "No lead was created in this period"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_without_a_rate_the_headline_counts(given: Funnel, words: str) -> None:
    assert funnel_headline(given) == words


def test_the_headline_is_the_conversion_within_an_age() -> None:
    words = funnel_headline(told([200, 80], [100, 40]), None, rated(days=14))
    assert words == "40.0 % of submissions reached “Step 1” within 14 days"


@pytest.mark.parametrize(
    ("submissions", "words"),
    [
        (401, "80 submissions reached “Step 1”; 201 of 401 submissions have no recorded “Step 0”"),
        (400, "40.0 % of submissions reached “Step 1” within 30 days"),
    ],
)
def test_without_half_of_the_submissions_there_is_no_rate(submissions: int, words: str) -> None:
    given = told([200, 80], [100, 40])
    assert funnel_headline(given, submissions, rated()) == words
    said = "The rate is of" in beside_headline(given, submissions, rated())
    assert said == (submissions == 400)


def test_starts_that_only_leads_prove_are_no_base_for_a_rate() -> None:
    given = told([200, 80], [100, 40])
    given.steps["with_event"] = [99, 80]
    words = "80 submissions reached “Step 1”; 101 of 200 submissions have no recorded “Step 0”"
    assert funnel_headline(given, 200, rated()) == words
    # Whatever is asked: with filters, the units on the first step are the base.
    assert funnel_headline(given) == words
    assert "A rate needs" not in beside_headline(given)


def test_beside_it_stand_the_denominator_and_its_interval() -> None:
    words = beside_headline(told([200, 80], [200, 80]), None, rated())
    assert "The rate is of 200 submissions that reached “Step 0”; their windows are closed" in words
    assert "95 % interval is 39.0 % to 41.0 %" in words


def test_an_estimate_says_how_many_were_observed_and_for_what_too_few_are_old_enough() -> None:
    words = beside_headline(told([200, 80]), None, rated(days=14, closed=0))
    assert "estimated from 200 submissions that reached “Step 0”" in words
    assert "120 of them are at least 14 days old. Too few are 30 days old yet." in words
    assert "Too few" not in beside_headline(told([200, 80]), None, rated(closed=100))


def test_an_estimate_whose_halves_differ_is_said_to_mislead() -> None:
    rate = rated(days=14, closed=0)
    assert "mislead" not in beside_headline(told([200, 80]), None, rate)
    assert "may mislead" in beside_headline(
        told([200, 80]), None, replace(rate, halves_differ=True)
    )


def test_the_largest_drops_are_told_by_number_and_by_share() -> None:
    many = Drop("s0", "Step 0", "Step 1", timedelta(days=14), 1000, 500)
    most = Drop("s1", "Step 1", "Step 2", timedelta(days=14), 50, 45)
    assert drop_sentences([many, most], "submission") == [
        "Largest drop by number: 500 of 1,000 submissions (50.0 %) did not go on from “Step 0” to "
        "“Step 1” within 14 days.",
        "Largest drop by share: 45 of 50 submissions (90.0 %) did not go on from “Step 1” to "
        "“Step 2” within 14 days.",
    ]
    (both,) = drop_sentences([many], "submission")
    assert both.startswith("Largest drop by number and by share: 500 of 1,000")


def test_without_a_rate_it_is_said_what_one_needs() -> None:
    words = "A rate needs at least 30 submissions that are 1 h old, and a tenth of all."
    assert words in beside_headline(told([9, 4], [9, 4]))


@examples(40)
@given(counts=st.lists(st.one_of(st.none(), st.integers(0, 10**7)), min_size=1, max_size=12))
def test_any_counts_give_words_and_a_figure_without_nan(counts: list[int | None]) -> None:
    counted = sorted((c for c in counts if c is not None), reverse=True)
    for shown in (told([*counted] or [None]), told([*counted] or [None], counted or None)):
        assert "nan" not in funnel_headline(shown) + beside_headline(shown)
        for colors in (LIGHT, DARK):
            assert "NaN" not in str(funnel_chart(shown.steps, colors, "lead").to_json())


def test_where_no_step_was_recorded_no_drop_is_named() -> None:
    beside = beside_headline(without_events(told([658, 658, 0])))
    assert "drop" not in beside
    assert beside.startswith("Period: ")
