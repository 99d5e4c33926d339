"""Shares, comparisons, bounds and clocks on small made cases, and for any counts at all."""

from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.coverage.bounds import Bounds
from dashboard.coverage.clock import CLOCK_HOUR_DTYPES, OffsetStretch, stretches
from dashboard.coverage.comparing import compare_shares
from dashboard.coverage.data import with_coverage_shares
from dashboard.funnel.conversion.data import Conversion
from dashboard.model.limits import FEW

COUNTS = st.integers(0, 10**7)
BEGIN = datetime(2026, 1, 26)


@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS), max_size=8))
def test_a_share_is_within_0_and_1_and_its_interval_or_there_is_none(
    rows: list[tuple[int, int, int]],
) -> None:
    frame = pd.DataFrame(
        [(exempt + part + rest, exempt, part) for exempt, part, rest in rows],
        columns=["table_rows", "exempt", "with_session"],
    ).astype("Int64")
    for row, (_, part, rest) in zip(
        with_coverage_shares(frame).to_dict("records"), rows, strict=True
    ):
        assert (row["expected"], row["missing"]) == (part + rest, rest)
        if part + rest:
            assert 0 <= row["low"] <= row["share"] <= row["high"] <= 1
        else:
            assert pd.isna([row["share"], row["low"], row["high"]]).all()


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_a_change_lies_within_its_interval_or_is_not_made(a: int, b: int, c: int, d: int) -> None:
    found = compare_shares(a, a + b, c, c + d)
    if min(a + b, c + d) < FEW:
        assert (found.change, found.could_be_chance) == (None, None)
        assert "too few" in found.words
        return
    assert found.change is not None
    change, low, high = found.change
    assert -1 <= low <= change + 1e-12
    assert change - 1e-12 <= high <= 1


def test_newcombes_interval_is_that_of_his_paper() -> None:
    # Newcombe (1998), table II, example (a): 56/70 − 48/80, method 10.
    found = compare_shares(48, 80, 56, 70)
    assert found.change == pytest.approx((0.2, 0.0524, 0.3339), abs=0.0001)
    assert found.words == "more than chance: it rose"


def test_a_comparison_says_what_it_amounts_to() -> None:
    assert compare_shares(20, 40, 21, 40).words == "could be chance"
    assert compare_shares(40, 40, 10, 40).words == "more than chance: it fell"
    assert (
        compare_shares(0, 29, 40, 40).words == "too few to compare: 29 rows before, 30 are needed"
    )
    assert compare_shares(40, 40, 1, 1).words == "too few to compare: 1 row after, 30 are needed"


@given(st.floats(0, 1), st.integers(1, 10**6), COUNTS)
def test_the_bounds_hold_the_rate_and_stay_within_0_and_1(
    rate: float, entered: int, unfollowed: int
) -> None:
    month = timedelta(days=30)
    told = Conversion("paid", month, rate, 0.0, 1.0, entered, entered, entered, estimated=False)
    found = Bounds("first", "last", told, unfollowed)
    assert found.worst is not None
    assert found.best is not None
    assert 0 <= found.worst <= rate + 1e-12
    assert rate - 1e-12 <= found.best <= 1 + 1e-12
    assert found.best - found.worst == pytest.approx(unfollowed / (entered + unfollowed))


def test_without_a_rate_neither_case_is_known() -> None:
    assert (Bounds("a", "b", None, 3).worst, Bounds("a", "b", None, 3).best) == (None, None)


def hours(*cells: tuple[int, int | None, int]) -> pd.DataFrame:
    """Rows of clock_hours: (hour, quarters, sessions)."""
    found = []
    for hour, quarters, sessions in cells:
        at = BEGIN + timedelta(hours=hour)
        found.append(("website_leads", hour, quarters, sessions, at, at + timedelta(minutes=59)))
    return pd.DataFrame(found, columns=[*CLOCK_HOUR_DTYPES]).astype(CLOCK_HOUR_DTYPES)


def minutes(found: list[OffsetStretch]) -> list[int | None]:
    return [each.minutes for each in found]


def test_no_hour_has_no_clock() -> None:
    assert stretches(hours()) == []


def test_a_change_of_clock_ends_one_stretch_and_begins_another() -> None:
    found = stretches(hours((0, 20, 5), (1, 20, 4), (8, 0, 3), (9, 0, 6)))
    assert found == [
        OffsetStretch("website_leads", BEGIN, BEGIN + timedelta(hours=1, minutes=59), 300),
        OffsetStretch(
            "website_leads", BEGIN + timedelta(hours=8), BEGIN + timedelta(hours=9, minutes=59), 0
        ),
    ]


def test_two_rows_that_agree_at_the_beginning_are_a_clock_of_their_own() -> None:
    assert minutes(stretches(hours((0, 20, 2), (8, 0, 300)))) == [300, 0]


def test_overwritten_ids_in_between_are_no_clock_of_their_own() -> None:
    assert minutes(stretches(hours((0, 0, 9), (1, -7, 1), (1, 0, 4), (2, -7, 2), (3, 0, 9)))) == [0]


def test_a_clock_behind_is_recognized_where_most_rows_share_it() -> None:
    assert minutes(stretches(hours((0, -22, 30), (1, -22, 30), (1, None, 3)))) == [-330]


@pytest.mark.parametrize(
    "cells",
    [[(0, 20, 1)], [(0, None, 9)], [(0, 1, 2), (0, 5, 2), (0, 9, 2)]],
    ids=["one row", "near no quarter", "no majority"],
)
def test_what_no_majority_shares_is_no_offset(cells: list[tuple[int, int | None, int]]) -> None:
    assert minutes(stretches(hours(*cells))) == [None]


def test_clocks_that_change_twice_are_three_stretches() -> None:
    found = stretches(hours((0, 0, 9), (5, 4, 9), (6, 4, 9), (9, 0, 9)))
    assert minutes(found) == [0, 60, 0]
