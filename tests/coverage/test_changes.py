"""A change in coverage is found and dated; chance alone is called one as seldom as stated."""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.coverage.changes import FALL_LEVEL, LEVEL, split_strengths, strongest_change
from dashboard.model.limits import FEW
from tests.coverage.change_alarms import HISTORIES, false_alarms


def days(*pairs: tuple[int, int]) -> pd.DataFrame:
    begins = [datetime(2026, 1, 1) + timedelta(days=n) for n in range(len(pairs))]
    return pd.DataFrame(
        {
            "begin": pd.Series(begins, dtype="datetime64[s]"),
            "part": pd.array([part for part, _ in pairs], dtype="Int64"),
            "whole": pd.array([whole for _, whole in pairs], dtype="Int64"),
        }
    )


def test_a_step_is_dated_to_the_day_it_begins() -> None:
    change = strongest_change(days(*[(10, 20)] * 20, *[(18, 20)] * 20))
    assert change is not None
    assert (change.day, change.found) == (date(2026, 1, 21), True)
    assert (change.before, change.after) == ((200, 400), (360, 400))


def test_the_same_days_give_the_same_answer() -> None:
    some = days(*[(n % 7, 20) for n in range(40)])
    assert strongest_change(some) == strongest_change(some)


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [(0, 0)] * 10,
        [(20, 20)] * 10,
        [(0, 20)] * 10,
        [(5, 100)],
        [(0, FEW - 1), (FEW - 1, FEW - 1)],
    ],
    ids=["no day", "nothing expected", "always all", "never any", "one day", "sides too small"],
)
def test_where_no_split_can_differ_there_is_no_change(pairs: list[tuple[int, int]]) -> None:
    assert strongest_change(days(*pairs)) is None


def test_chance_alone_is_called_a_change_as_seldom_as_stated() -> None:
    alarms, falls = false_alarms()
    # Of 1,000 shuffled histories 10 are expected; 22 would be almost 4 standard deviations more.
    assert alarms / HISTORIES <= LEVEL * 2.2
    assert falls / HISTORIES <= FALL_LEVEL * 2.2
    assert alarms > 0, "a test that never alarms on chance was not made of chance"


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=30))
def test_strengths_are_numbers_and_not_negative(pairs: list[tuple[int, int]]) -> None:
    parts = np.array([min(pair) for pair in pairs], dtype=float)
    wholes = np.array([max(pair) for pair in pairs], dtype=float)
    strengths = split_strengths(parts, wholes)
    assert np.isfinite(strengths).all()
    assert (strengths >= 0).all()
    # z² of two shares is at most the number of rows.
    assert (strengths <= wholes.sum() * (1 + 1e-9)).all()


def test_a_strength_is_the_square_of_the_pooled_z() -> None:
    (strength,) = split_strengths(np.array([30.0, 50.0]), np.array([60.0, 60.0]))
    pooled = 80 / 120
    z = (50 / 60 - 30 / 60) / (pooled * (1 - pooled) * (1 / 60 + 1 / 60)) ** 0.5
    assert strength == pytest.approx(z**2)
