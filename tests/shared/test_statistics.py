"""Intervals of shares: published values, and what holds for any counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.shared.statistics import wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # Newcombe, R. G. (1998), Statistics in Medicine 17, 857–872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_published_intervals(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=0.00005)


def test_nothing_has_no_interval() -> None:
    assert wilson(0, 0) is None


@given(whole=st.integers(1, 10**12), data=st.data())
def test_an_interval_lies_around_its_share_within_0_and_1(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))
    interval = wilson(part, whole)
    assert interval is not None
    assert 0 <= interval[0] <= part / whole <= interval[1] <= 1
